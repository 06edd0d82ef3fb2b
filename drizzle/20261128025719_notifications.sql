CREATE TYPE "public"."notification_verdict" AS ENUM('accept', 'filter', 'drop');--> statement-breakpoint
CREATE TABLE "markers" (
	"actor_id" bigint NOT NULL,
	"timeline" text NOT NULL,
	"last_read_id" bigint NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "markers_actor_id_timeline_pk" PRIMARY KEY("actor_id","timeline")
);
--> statement-breakpoint
CREATE TABLE "notification_permissions" (
	"actor_id" bigint NOT NULL,
	"from_actor_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "notification_permissions_actor_id_from_actor_id_pk" PRIMARY KEY("actor_id","from_actor_id")
);
--> statement-breakpoint
CREATE TABLE "notification_policies" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"for_not_following" "notification_verdict" DEFAULT 'accept' NOT NULL,
	"for_not_followers" "notification_verdict" DEFAULT 'accept' NOT NULL,
	"for_new_accounts" "notification_verdict" DEFAULT 'accept' NOT NULL,
	"for_private_mentions" "notification_verdict" DEFAULT 'filter' NOT NULL,
	"for_limited_accounts" "notification_verdict" DEFAULT 'filter' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification_requests" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"from_actor_id" bigint NOT NULL,
	"last_post_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "is_filtered" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "markers" ADD CONSTRAINT "markers_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_permissions" ADD CONSTRAINT "notification_permissions_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_permissions" ADD CONSTRAINT "notification_permissions_from_actor_id_actors_id_fk" FOREIGN KEY ("from_actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_policies" ADD CONSTRAINT "notification_policies_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_requests" ADD CONSTRAINT "notification_requests_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_requests" ADD CONSTRAINT "notification_requests_from_actor_id_actors_id_fk" FOREIGN KEY ("from_actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notification_requests" ADD CONSTRAINT "notification_requests_last_post_id_posts_id_fk" FOREIGN KEY ("last_post_id") REFERENCES "public"."posts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "notification_requests_unique" ON "notification_requests" USING btree ("actor_id","from_actor_id");--> statement-breakpoint
CREATE INDEX "notification_requests_actor" ON "notification_requests" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "notifications_filtered" ON "notifications" USING btree ("actor_id","from_actor_id") WHERE "notifications"."is_filtered";