CREATE TYPE "public"."group_posting" AS ENUM('everyone', 'members', 'moderators');--> statement-breakpoint
CREATE TYPE "public"."group_role" AS ENUM('owner', 'moderator');--> statement-breakpoint
CREATE TYPE "public"."reply_state" AS ENUM('pending', 'accepted', 'refused');--> statement-breakpoint
ALTER TYPE "public"."notification_kind" ADD VALUE 'order';--> statement-breakpoint
CREATE TABLE "group_bans" (
	"group_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "group_bans_group_id_actor_id_pk" PRIMARY KEY("group_id","actor_id")
);
--> statement-breakpoint
CREATE TABLE "group_moderators" (
	"group_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"role" "group_role" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "group_moderators_group_id_actor_id_pk" PRIMARY KEY("group_id","actor_id")
);
--> statement-breakpoint
CREATE TABLE "group_posts" (
	"group_id" bigint NOT NULL,
	"post_id" bigint NOT NULL,
	"topic_id" bigint NOT NULL,
	"added_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"removed_at" timestamp (3) with time zone,
	"removed_by_id" bigint,
	"locked_at" timestamp (3) with time zone,
	CONSTRAINT "group_posts_group_id_post_id_pk" PRIMARY KEY("group_id","post_id")
);
--> statement-breakpoint
CREATE TABLE "group_refusals" (
	"group_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"told_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "group_refusals_group_id_actor_id_pk" PRIMARY KEY("group_id","actor_id")
);
--> statement-breakpoint
CREATE TABLE "groups" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"posting" "group_posting" DEFAULT 'members' NOT NULL,
	"is_private" boolean DEFAULT false NOT NULL,
	"rules" text DEFAULT '' NOT NULL,
	"question" text DEFAULT '' NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reply_approvals" (
	"post_id" bigint PRIMARY KEY NOT NULL,
	"state" "reply_state" DEFAULT 'pending' NOT NULL,
	"authorization_iri" text,
	"is_authorization" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reply_policies" (
	"post_id" bigint PRIMARY KEY NOT NULL,
	"automatic" text[] NOT NULL,
	"manual" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "pins" DROP CONSTRAINT "pins_postId_unique";--> statement-breakpoint
DROP INDEX "notifications_story_unique";--> statement-breakpoint
ALTER TABLE "follows" ADD COLUMN "is_join" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "notifications" ADD COLUMN "order_id" bigint;--> statement-breakpoint
ALTER TABLE "likes" ADD COLUMN "attested_by_id" bigint;--> statement-breakpoint
ALTER TABLE "group_bans" ADD CONSTRAINT "group_bans_group_id_actors_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_bans" ADD CONSTRAINT "group_bans_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_moderators" ADD CONSTRAINT "group_moderators_group_id_groups_actor_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("actor_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_moderators" ADD CONSTRAINT "group_moderators_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_posts" ADD CONSTRAINT "group_posts_group_id_actors_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_posts" ADD CONSTRAINT "group_posts_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_posts" ADD CONSTRAINT "group_posts_topic_id_posts_id_fk" FOREIGN KEY ("topic_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_posts" ADD CONSTRAINT "group_posts_removed_by_id_actors_id_fk" FOREIGN KEY ("removed_by_id") REFERENCES "public"."actors"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_refusals" ADD CONSTRAINT "group_refusals_group_id_groups_actor_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."groups"("actor_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "group_refusals" ADD CONSTRAINT "group_refusals_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "groups" ADD CONSTRAINT "groups_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_approvals" ADD CONSTRAINT "reply_approvals_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_policies" ADD CONSTRAINT "reply_policies_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "group_bans_actor_id_index" ON "group_bans" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "group_moderators_actor_id_index" ON "group_moderators" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "group_posts_topics" ON "group_posts" USING btree ("group_id","post_id") WHERE "group_posts"."topic_id" = "group_posts"."post_id" and "group_posts"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "group_posts_topic" ON "group_posts" USING btree ("topic_id","post_id");--> statement-breakpoint
CREATE INDEX "group_posts_post_id_index" ON "group_posts" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "reply_approvals_authorization" ON "reply_approvals" USING btree ("authorization_iri") WHERE "reply_approvals"."authorization_iri" is not null;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_order_id_orders_id_fk" FOREIGN KEY ("order_id") REFERENCES "public"."orders"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "likes" ADD CONSTRAINT "likes_attested_by_id_actors_id_fk" FOREIGN KEY ("attested_by_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "notifications_order" ON "notifications" USING btree ("order_id") WHERE "notifications"."order_id" is not null;--> statement-breakpoint
CREATE INDEX "orders_contact" ON "orders" USING btree ("updated_at") WHERE "orders"."contact" is not null;--> statement-breakpoint
CREATE INDEX "likes_attested" ON "likes" USING btree ("attested_by_id") WHERE "likes"."attested_by_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "pins_pair_unique" ON "pins" USING btree ("post_id","actor_id");--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_story_unique" ON "notifications" USING btree ("actor_id","kind","from_actor_id",coalesce("post_id", 0),coalesce("report_id", 0),coalesce("order_id", 0));