CREATE TYPE "public"."card_type" AS ENUM('link', 'photo', 'video');--> statement-breakpoint
CREATE TABLE "cards" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"url" text NOT NULL,
	"type" "card_type" DEFAULT 'link' NOT NULL,
	"title" text DEFAULT '' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"language" text,
	"provider_name" text DEFAULT '' NOT NULL,
	"provider_url" text DEFAULT '' NOT NULL,
	"author_name" text DEFAULT '' NOT NULL,
	"author_url" text DEFAULT '' NOT NULL,
	"creator_id" bigint,
	"published_at" timestamp (3) with time zone,
	"frame_url" text,
	"frame_width" integer,
	"frame_height" integer,
	"image_key" text,
	"spare_key" text,
	"image_width" integer,
	"image_height" integer,
	"image_description" text DEFAULT '' NOT NULL,
	"blurhash" text,
	"image_variants" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"due_at" timestamp (3) with time zone,
	"tried_at" timestamp (3) with time zone,
	"failures" integer DEFAULT 0 NOT NULL,
	"read_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "cards_url_unique" UNIQUE("url"),
	CONSTRAINT "cards_imageKey_unique" UNIQUE("image_key"),
	CONSTRAINT "cards_spareKey_unique" UNIQUE("spare_key")
);
--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "card_id" bigint;--> statement-breakpoint
ALTER TABLE "cards" ADD CONSTRAINT "cards_creator_id_actors_id_fk" FOREIGN KEY ("creator_id") REFERENCES "public"."actors"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "cards_due" ON "cards" USING btree ("due_at") WHERE "cards"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "cards_creator" ON "cards" USING btree ("creator_id") WHERE "cards"."creator_id" is not null;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_card_id_cards_id_fk" FOREIGN KEY ("card_id") REFERENCES "public"."cards"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "posts_card" ON "posts" USING btree ("card_id","id") WHERE "posts"."card_id" is not null;