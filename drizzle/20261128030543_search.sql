CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA public;--> statement-breakpoint
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;--> statement-breakpoint
-- Case and accents away. Named with its dictionary it depends on nothing that a session can set, and so may stand in an index.
CREATE FUNCTION fold(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT lower(public.unaccent('public.unaccent'::regdictionary, $1))
$$;--> statement-breakpoint
-- The words of a post without its markup: as they are, and their French and English stems, since a post may be in either or in both.
CREATE FUNCTION post_words(content text, spoiler text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT to_tsvector('simple'::regconfig, words) || to_tsvector('french'::regconfig, words) || to_tsvector('english'::regconfig, words)
  FROM (SELECT public.fold(spoiler || ' ' || regexp_replace(content, '<[^>]*>', ' ', 'g')) AS words) AS folded
$$;--> statement-breakpoint
CREATE FUNCTION words_wanted(typed text) RETURNS tsquery LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT websearch_to_tsquery('simple'::regconfig, words) || websearch_to_tsquery('french'::regconfig, words)
    || websearch_to_tsquery('english'::regconfig, words)
  FROM (SELECT public.fold(typed) AS words) AS folded
$$;--> statement-breakpoint
CREATE TABLE "suggestion_dismissals" (
	"actor_id" bigint NOT NULL,
	"dismissed_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "suggestion_dismissals_actor_id_dismissed_id_pk" PRIMARY KEY("actor_id","dismissed_id")
);
--> statement-breakpoint
ALTER TABLE "suggestion_dismissals" ADD CONSTRAINT "suggestion_dismissals_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suggestion_dismissals" ADD CONSTRAINT "suggestion_dismissals_dismissed_id_actors_id_fk" FOREIGN KEY ("dismissed_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "actors_name_words" ON "actors" USING gin (fold("name") gin_trgm_ops);--> statement-breakpoint
CREATE INDEX "posts_words" ON "posts" USING gin (post_words("content", "spoiler_text")) WHERE "posts"."boost_of_id" is null and "posts"."deleted_at" is null;