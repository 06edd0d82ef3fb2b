CREATE TYPE "public"."quote_state" AS ENUM('pending', 'accepted', 'rejected', 'revoked');--> statement-breakpoint
ALTER TYPE "public"."notification_kind" ADD VALUE 'quote';--> statement-breakpoint
ALTER TYPE "public"."notification_kind" ADD VALUE 'quoted_update';--> statement-breakpoint
CREATE TABLE "quotes" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"post_id" bigint NOT NULL,
	"quoted_id" bigint,
	"quoted_iri" text,
	"state" "quote_state" NOT NULL,
	"is_open" boolean NOT NULL,
	"is_legacy" boolean DEFAULT false NOT NULL,
	"authorization_iri" text,
	"request_iri" text,
	"effect_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "quotes_postId_unique" UNIQUE("post_id")
);
--> statement-breakpoint
ALTER TABLE "local_actors" ADD COLUMN "default_quote_policy" text DEFAULT 'followers' NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "has_quote" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "quote_automatic" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "quote_manual" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "posts" ADD COLUMN "quotes_count" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "quotes" ADD CONSTRAINT "quotes_quoted_id_posts_id_fk" FOREIGN KEY ("quoted_id") REFERENCES "public"."posts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "quotes_quoted" ON "quotes" USING btree ("quoted_id","post_id") WHERE "quotes"."quoted_id" is not null;--> statement-breakpoint
CREATE INDEX "quotes_awaited" ON "quotes" USING btree ("quoted_iri") WHERE "quotes"."quoted_id" is null;--> statement-breakpoint
CREATE INDEX "quotes_authorization" ON "quotes" USING btree ("authorization_iri") WHERE "quotes"."authorization_iri" is not null;--> statement-breakpoint
CREATE INDEX "quotes_effect" ON "quotes" USING btree ("effect_id") WHERE "quotes"."effect_id" is not null;--> statement-breakpoint
-- A counter must not tell of what is not for everybody: only open quotes that are accepted are counted.
CREATE FUNCTION count_quote() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE posts SET quotes_count = quotes_count - 1
    WHERE id = OLD.quoted_id AND OLD.state = 'accepted' AND OLD.is_open;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    UPDATE posts SET quotes_count = quotes_count + 1
    WHERE id = NEW.quoted_id AND NEW.state = 'accepted' AND NEW.is_open;
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER quotes_counted AFTER INSERT OR DELETE ON quotes FOR EACH ROW EXECUTE FUNCTION count_quote();--> statement-breakpoint
CREATE TRIGGER quotes_recounted AFTER UPDATE OF state, quoted_id, is_open ON quotes FOR EACH ROW
  WHEN (OLD.state <> NEW.state OR OLD.quoted_id IS DISTINCT FROM NEW.quoted_id OR OLD.is_open <> NEW.is_open)
  EXECUTE FUNCTION count_quote();
