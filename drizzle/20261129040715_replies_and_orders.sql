CREATE TYPE "public"."reply_state" AS ENUM('pending', 'accepted', 'refused');--> statement-breakpoint
ALTER TYPE "public"."notification_kind" ADD VALUE 'order';--> statement-breakpoint
CREATE TABLE "reply_approvals" (
	"post_id" bigint PRIMARY KEY NOT NULL,
	"state" "reply_state" DEFAULT 'pending' NOT NULL,
	"authorization_iri" text,
	"is_authorization" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reply_policies" (
	"post_id" bigint PRIMARY KEY NOT NULL,
	"automatic" text[] NOT NULL,
	"manual" text[] NOT NULL
);
--> statement-breakpoint
DROP INDEX "notifications_story_unique";--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "order_id" bigint;--> statement-breakpoint
ALTER TABLE "reply_approvals" ADD CONSTRAINT "reply_approvals_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_policies" ADD CONSTRAINT "reply_policies_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reply_approvals_authorization" ON "reply_approvals" USING btree ("authorization_iri") WHERE "reply_approvals"."authorization_iri" is not null;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notifications_order" ON "notifications" USING btree ("order_id") WHERE "notifications"."order_id" is not null;--> statement-breakpoint
CREATE INDEX "orders_contact" ON "orders" USING btree ("updated_at") WHERE "orders"."contact" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_story_unique" ON "notifications" USING btree ("actor_id","kind","from_actor_id",coalesce("post_id", 0),coalesce("report_id", 0),coalesce("order_id", 0));