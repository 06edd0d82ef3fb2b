CREATE TABLE "direct_conversation_posts" (
	"conversation_id" bigint NOT NULL,
	"post_id" bigint NOT NULL,
	CONSTRAINT "direct_conversation_posts_conversation_id_post_id_pk" PRIMARY KEY("conversation_id","post_id")
);
--> statement-breakpoint
CREATE TABLE "direct_conversations" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"thread_id" bigint NOT NULL,
	"participant_ids" bigint[] NOT NULL,
	"last_post_id" bigint NOT NULL,
	"is_unread" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "direct_conversation_posts" ADD CONSTRAINT "direct_conversation_posts_conversation_id_direct_conversations_id_fk" FOREIGN KEY ("conversation_id") REFERENCES "public"."direct_conversations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direct_conversation_posts" ADD CONSTRAINT "direct_conversation_posts_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "direct_conversations" ADD CONSTRAINT "direct_conversations_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "direct_conversation_posts_post" ON "direct_conversation_posts" USING btree ("post_id");--> statement-breakpoint
CREATE UNIQUE INDEX "direct_conversations_unique" ON "direct_conversations" USING btree ("actor_id","thread_id","participant_ids");--> statement-breakpoint
CREATE INDEX "direct_conversations_actor" ON "direct_conversations" USING btree ("actor_id","last_post_id");