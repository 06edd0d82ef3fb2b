CREATE TYPE "public"."order_delivery" AS ENUM('pickup', 'shipping');--> statement-breakpoint
CREATE TYPE "public"."order_state" AS ENUM('offered', 'reserved', 'open', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded', 'rejected', 'expired');--> statement-breakpoint
CREATE TYPE "public"."product_state" AS ENUM('draft', 'on_sale', 'paused', 'sold_out', 'gone');--> statement-breakpoint
CREATE TABLE "order_events" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"order_id" bigint NOT NULL,
	"state" "order_state" NOT NULL,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"seller_id" bigint NOT NULL,
	"buyer_id" bigint,
	"user_id" bigint,
	"product_id" bigint,
	"state" "order_state" NOT NULL,
	"product_name" text NOT NULL,
	"quantity" integer NOT NULL,
	"unit_price" bigint NOT NULL,
	"delivery_price" bigint DEFAULT 0 NOT NULL,
	"total" bigint NOT NULL,
	"tax" bigint NOT NULL,
	"tax_rate" integer NOT NULL,
	"currency" text NOT NULL,
	"delivery" "order_delivery",
	"payment" text,
	"contact" jsonb,
	"locale" text DEFAULT 'en' NOT NULL,
	"form_key" text,
	"expires_at" timestamp (3) with time zone,
	"offer_iri" text,
	"effect_id" bigint,
	"agreement_iri" text,
	"payment_url" text,
	"receipt_url" text,
	"refusal" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "orders_quantity" CHECK ("orders"."quantity" between 1 and 999),
	CONSTRAINT "orders_total" CHECK ("orders"."total" = "orders"."unit_price" * "orders"."quantity" + "orders"."delivery_price"),
	CONSTRAINT "orders_tax" CHECK ("orders"."tax" between 0 and "orders"."total")
);
--> statement-breakpoint
CREATE TABLE "post_products" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"post_id" bigint NOT NULL,
	"product_id" bigint,
	"position" integer NOT NULL,
	"media_id" bigint,
	"x" double precision,
	"y" double precision,
	"name" text,
	"price" text,
	"href" text,
	CONSTRAINT "post_products_position" CHECK ("post_products"."position" between 0 and 4),
	CONSTRAINT "post_products_spot" CHECK (("post_products"."x" is null) = ("post_products"."y" is null)),
	CONSTRAINT "post_products_within" CHECK ("post_products"."x" between 0 and 1 and "post_products"."y" between 0 and 1),
	CONSTRAINT "post_products_offer" CHECK ("post_products"."product_id" is not null or "post_products"."href" is not null)
);
--> statement-breakpoint
CREATE TABLE "product_readers" (
	"product_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"read_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "product_readers_product_id_actor_id_pk" PRIMARY KEY("product_id","actor_id")
);
--> statement-breakpoint
CREATE TABLE "products" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"user_id" bigint,
	"iri" text,
	"url" text,
	"state" "product_state" DEFAULT 'draft' NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"source" text,
	"price" bigint,
	"currency" text DEFAULT 'EUR' NOT NULL,
	"tax_rate" integer DEFAULT 0 NOT NULL,
	"stock" integer,
	"sku" text DEFAULT '' NOT NULL,
	"shop_url" text,
	"delivery_price" bigint,
	"delivery_text" text DEFAULT '' NOT NULL,
	"is_picked_up" boolean DEFAULT true NOT NULL,
	"pickup_text" text DEFAULT '' NOT NULL,
	"takes_orders" boolean DEFAULT false NOT NULL,
	"primary_iri" text,
	"reciprocal_iri" text,
	"published_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"tell_due_at" timestamp (3) with time zone,
	"told_at" timestamp (3) with time zone,
	"fetched_at" timestamp (3) with time zone,
	"tried_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "products_iri_unique" UNIQUE("iri"),
	CONSTRAINT "products_price" CHECK ("products"."price" is null or "products"."price" between 0 and 100000000),
	CONSTRAINT "products_delivery" CHECK ("products"."delivery_price" is null or "products"."delivery_price" between 0 and 100000000),
	CONSTRAINT "products_tax" CHECK ("products"."tax_rate" between 0 and 10000),
	CONSTRAINT "products_stock" CHECK ("products"."stock" is null or "products"."stock" between 0 and 1000000),
	CONSTRAINT "products_priced" CHECK ("products"."iri" is not null or "products"."price" is not null)
);
--> statement-breakpoint
CREATE TABLE "shops" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"takes_pickup_payment" boolean DEFAULT true NOT NULL,
	"account_holder" text DEFAULT '' NOT NULL,
	"iban" text DEFAULT '' NOT NULL,
	"bic" text DEFAULT '' NOT NULL,
	"imprint" text DEFAULT '' NOT NULL,
	"withdrawal_text" text DEFAULT '' NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "product_id" bigint;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "has_products" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "order_events" ADD CONSTRAINT "order_events_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "order_events" ADD CONSTRAINT "order_events_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_seller_id_actors_id_fk" FOREIGN KEY ("seller_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_buyer_id_actors_id_fk" FOREIGN KEY ("buyer_id") REFERENCES "public"."actors"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "orders" ADD CONSTRAINT "orders_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_products" ADD CONSTRAINT "post_products_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_products" ADD CONSTRAINT "post_products_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_products" ADD CONSTRAINT "post_products_media_id_media_id_fk" FOREIGN KEY ("media_id") REFERENCES "public"."media"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_readers" ADD CONSTRAINT "product_readers_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "product_readers" ADD CONSTRAINT "product_readers_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "products" ADD CONSTRAINT "products_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shops" ADD CONSTRAINT "shops_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "order_events_order_id_id_index" ON "order_events" USING btree ("order_id","id");--> statement-breakpoint
CREATE INDEX "orders_seller" ON "orders" USING btree ("seller_id","id");--> statement-breakpoint
CREATE INDEX "orders_buyer" ON "orders" USING btree ("buyer_id","id") WHERE "orders"."buyer_id" is not null;--> statement-breakpoint
CREATE INDEX "orders_product" ON "orders" USING btree ("product_id") WHERE "orders"."product_id" is not null;--> statement-breakpoint
CREATE INDEX "orders_expiring" ON "orders" USING btree ("expires_at") WHERE "orders"."expires_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "orders_form" ON "orders" USING btree ("form_key") WHERE "orders"."form_key" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "orders_offer" ON "orders" USING btree ("offer_iri") WHERE "orders"."offer_iri" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "orders_effect" ON "orders" USING btree ("effect_id") WHERE "orders"."effect_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "orders_agreement" ON "orders" USING btree ("seller_id","agreement_iri") WHERE "orders"."agreement_iri" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "post_products_place" ON "post_products" USING btree ("post_id","position");--> statement-breakpoint
CREATE INDEX "post_products_product" ON "post_products" USING btree ("product_id") WHERE "post_products"."product_id" is not null;--> statement-breakpoint
CREATE INDEX "post_products_media" ON "post_products" USING btree ("media_id") WHERE "post_products"."media_id" is not null;--> statement-breakpoint
CREATE INDEX "product_readers_actor_id_index" ON "product_readers" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "products_actor" ON "products" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "products_tell" ON "products" USING btree ("tell_due_at") WHERE "products"."tell_due_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "products_sku" ON "products" USING btree ("actor_id","sku") WHERE "products"."sku" <> '' and "products"."iri" is null and "products"."state" <> 'gone';--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_product_id_products_id_fk" FOREIGN KEY ("product_id") REFERENCES "public"."products"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "media_product" ON "media" USING btree ("product_id","position") WHERE "media"."product_id" is not null;