ALTER TABLE "emoji_reactions" ADD COLUMN "is_like" boolean DEFAULT false NOT NULL;--> statement-breakpoint
UPDATE emoji_reactions r SET is_like = true FROM likes l WHERE l.activity_iri = r.activity_iri AND l.actor_id = r.actor_id;
