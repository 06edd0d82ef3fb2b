CREATE TABLE "reaction_policies" (
	"post_id" bigint NOT NULL,
	"deed" text NOT NULL,
	"automatic" text[] NOT NULL,
	CONSTRAINT "reaction_policies_post_id_deed_pk" PRIMARY KEY("post_id","deed")
);
--> statement-breakpoint
CREATE TABLE "reply_consents" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"post_id" bigint NOT NULL,
	"state" "reply_state" NOT NULL,
	"visibility" "visibility" NOT NULL,
	"authorization_iri" text,
	"request_iri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reply_consents_postId_unique" UNIQUE("post_id")
);
--> statement-breakpoint
ALTER TABLE "local_actors" ADD COLUMN "default_reply_policy" text DEFAULT 'public' NOT NULL;--> statement-breakpoint
ALTER TABLE "reaction_policies" ADD CONSTRAINT "reaction_policies_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_consents" ADD CONSTRAINT "reply_consents_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reply_consents_authorization" ON "reply_consents" USING btree ("authorization_iri") WHERE "reply_consents"."authorization_iri" is not null;--> statement-breakpoint
-- What shows only since a moment counts from then on, and what does not show any more counts no longer.
CREATE OR REPLACE FUNCTION recount_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before int := (OLD.deleted_at IS NULL)::int;
  after int := (NEW.deleted_at IS NULL)::int;
  was_told int := (OLD.deleted_at IS NULL AND OLD.visibility <> 'direct')::int;
  is_told int := (NEW.deleted_at IS NULL AND NEW.visibility <> 'direct')::int;
BEGIN
  IF before <> after THEN
    UPDATE posts SET boosts_count = boosts_count + after - before WHERE id = NEW.boost_of_id;
  END IF;
  IF was_told <> is_told THEN
    UPDATE actors SET posts_count = posts_count + is_told - was_told WHERE id = NEW.actor_id;
  END IF;
  IF before = 1 AND OLD.visibility IN ('public', 'unlisted') AND OLD.in_reply_to_id IS NOT NULL THEN
    UPDATE posts SET replies_count = replies_count - 1 WHERE id = OLD.in_reply_to_id;
  END IF;
  IF after = 1 AND NEW.visibility IN ('public', 'unlisted') AND NEW.in_reply_to_id IS NOT NULL THEN
    UPDATE posts SET replies_count = replies_count + 1 WHERE id = NEW.in_reply_to_id;
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
DROP TRIGGER posts_recounted ON posts;--> statement-breakpoint
CREATE TRIGGER posts_recounted AFTER UPDATE OF deleted_at, in_reply_to_id, visibility ON posts FOR EACH ROW
  WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at OR OLD.in_reply_to_id IS DISTINCT FROM NEW.in_reply_to_id
    OR OLD.visibility IS DISTINCT FROM NEW.visibility)
  EXECUTE FUNCTION recount_post();
