CREATE TYPE "public"."schedule_failure" AS ENUM('role', 'pictures', 'parent', 'content', 'other');--> statement-breakpoint
CREATE TABLE "scheduled_posts" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"user_id" bigint,
	"app_id" bigint,
	"scheduled_at" timestamp (3) with time zone NOT NULL,
	"draft" jsonb NOT NULL,
	"idempotency_key" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp (3) with time zone,
	"failed_at" timestamp (3) with time zone,
	"failure" "schedule_failure",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "media" ADD COLUMN "scheduled_post_id" bigint;--> statement-breakpoint
ALTER TABLE "users" ADD COLUMN "time_zone" text;--> statement-breakpoint
ALTER TABLE "scheduled_posts" ADD CONSTRAINT "scheduled_posts_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scheduled_posts" ADD CONSTRAINT "scheduled_posts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "scheduled_posts" ADD CONSTRAINT "scheduled_posts_app_id_oauth_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."oauth_apps"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "scheduled_posts_actor" ON "scheduled_posts" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "scheduled_posts_due" ON "scheduled_posts" USING btree (coalesce("retry_at", "scheduled_at")) WHERE "scheduled_posts"."failed_at" is null;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_scheduled_post_id_scheduled_posts_id_fk" FOREIGN KEY ("scheduled_post_id") REFERENCES "public"."scheduled_posts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "media_scheduled" ON "media" USING btree ("scheduled_post_id") WHERE "media"."scheduled_post_id" is not null;