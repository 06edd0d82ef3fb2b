CREATE TABLE "emoji_reactions" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"post_id" bigint NOT NULL,
	"activity_iri" text NOT NULL,
	"emoji" text NOT NULL,
	"picture_url" text,
	"attested_by_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "further_keys" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "local_actors" ADD COLUMN "key_number" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "local_actors" ADD COLUMN "former_keys" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "blocks" ADD COLUMN "activity_iri" text;--> statement-breakpoint
ALTER TABLE "follows" ADD COLUMN "accept_iri" text;--> statement-breakpoint
ALTER TABLE "emoji_reactions" ADD CONSTRAINT "emoji_reactions_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "emoji_reactions" ADD CONSTRAINT "emoji_reactions_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "emoji_reactions" ADD CONSTRAINT "emoji_reactions_attested_by_id_actors_id_fk" FOREIGN KEY ("attested_by_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "emoji_reactions_unique" ON "emoji_reactions" USING btree ("post_id","actor_id","emoji");--> statement-breakpoint
CREATE INDEX "emoji_reactions_actor" ON "emoji_reactions" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "emoji_reactions_activity" ON "emoji_reactions" USING btree ("activity_iri");--> statement-breakpoint
CREATE INDEX "emoji_reactions_attested" ON "emoji_reactions" USING btree ("attested_by_id") WHERE "emoji_reactions"."attested_by_id" is not null;--> statement-breakpoint
CREATE INDEX "actors_further_keys" ON "actors" USING gin ("further_keys" jsonb_path_ops) WHERE "actors"."further_keys" <> '[]';--> statement-breakpoint
CREATE INDEX "blocks_activity" ON "blocks" USING btree ("activity_iri") WHERE "blocks"."activity_iri" is not null;--> statement-breakpoint
CREATE INDEX "follows_accept" ON "follows" USING btree ("accept_iri") WHERE "follows"."accept_iri" is not null;