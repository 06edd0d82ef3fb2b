CREATE TABLE "custom_emojis" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"shortcode" text NOT NULL,
	"category" text,
	"is_visible_in_picker" boolean DEFAULT true NOT NULL,
	"key" text NOT NULL,
	"file" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone,
	CONSTRAINT "custom_emojis_key_unique" UNIQUE("key"),
	CONSTRAINT "custom_emojis_shortcode_shape" CHECK ("custom_emojis"."shortcode" ~ '^[A-Za-z0-9_]{2,64}$')
);
--> statement-breakpoint
CREATE TABLE "emoji_copies" (
	"key" text PRIMARY KEY NOT NULL,
	"remote_url" text NOT NULL,
	"mime" text,
	"cached_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "emojis" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "announcement_reactions" ADD COLUMN "custom_emoji_id" bigint;--> statement-breakpoint
ALTER TABLE "post_edits" ADD COLUMN "emojis" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "custom_emojis_shortcode" ON "custom_emojis" USING btree ("shortcode") WHERE "custom_emojis"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "emoji_copies_cached" ON "emoji_copies" USING btree ("cached_at") WHERE "emoji_copies"."cached_at" is not null;--> statement-breakpoint
ALTER TABLE "announcement_reactions" ADD CONSTRAINT "announcement_reactions_custom_emoji_id_custom_emojis_id_fk" FOREIGN KEY ("custom_emoji_id") REFERENCES "public"."custom_emojis"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "announcement_reactions_emoji" ON "announcement_reactions" USING btree ("custom_emoji_id") WHERE "announcement_reactions"."custom_emoji_id" is not null;--> statement-breakpoint
-- What is known already is shown from copies too.
INSERT INTO "emoji_copies" ("key", "remote_url")
SELECT DISTINCT left(encode(sha256(convert_to("used" ->> 'url', 'UTF8')), 'hex'), 32), "used" ->> 'url'
FROM "posts", jsonb_array_elements("posts"."emojis") AS "used" WHERE "posts"."emojis" <> '[]'::jsonb ON CONFLICT DO NOTHING;--> statement-breakpoint
UPDATE "post_edits" SET "emojis" = "posts"."emojis" FROM "posts"
WHERE "posts"."id" = "post_edits"."post_id" AND "posts"."emojis" <> '[]'::jsonb;
