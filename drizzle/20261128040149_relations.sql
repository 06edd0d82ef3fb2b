CREATE TYPE "public"."expanded_media" AS ENUM('default', 'show_all', 'hide_all');--> statement-breakpoint
CREATE TYPE "public"."replies_policy" AS ENUM('followed', 'list', 'none');--> statement-breakpoint
CREATE TABLE "shunned_hosts" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"host" text NOT NULL,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "endorsements" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"endorsed_id" bigint NOT NULL,
	"follow_id" bigint NOT NULL,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "list_members" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"list_id" bigint NOT NULL,
	"member_id" bigint NOT NULL,
	"follow_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "lists" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"title" text NOT NULL,
	"replies_policy" "replies_policy" DEFAULT 'list' NOT NULL,
	"is_exclusive" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "mutes" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"muted_id" bigint NOT NULL,
	"hides_notifications" boolean NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "account_notes" (
	"actor_id" bigint NOT NULL,
	"about_id" bigint NOT NULL,
	"comment" text NOT NULL,
	"user_id" bigint,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "account_notes_actor_id_about_id_pk" PRIMARY KEY("actor_id","about_id")
);
--> statement-breakpoint
CREATE TABLE "featured_tags" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"tag_id" bigint NOT NULL,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "tag_follows" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"tag_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "shows_media" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "shows_media_replies" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "shows_featured" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "attribution_domains" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "local_actors" ADD COLUMN "expands_media" "expanded_media" DEFAULT 'default' NOT NULL;--> statement-breakpoint
ALTER TABLE "local_actors" ADD COLUMN "expands_spoilers" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "shunned_hosts" ADD CONSTRAINT "shunned_hosts_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "shunned_hosts" ADD CONSTRAINT "shunned_hosts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_endorsed_id_actors_id_fk" FOREIGN KEY ("endorsed_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_follow_id_follows_id_fk" FOREIGN KEY ("follow_id") REFERENCES "public"."follows"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "endorsements" ADD CONSTRAINT "endorsements_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "list_members" ADD CONSTRAINT "list_members_list_id_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."lists"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "list_members" ADD CONSTRAINT "list_members_member_id_actors_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "list_members" ADD CONSTRAINT "list_members_follow_id_follows_id_fk" FOREIGN KEY ("follow_id") REFERENCES "public"."follows"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "lists" ADD CONSTRAINT "lists_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_muted_id_actors_id_fk" FOREIGN KEY ("muted_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mutes" ADD CONSTRAINT "mutes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_notes" ADD CONSTRAINT "account_notes_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_notes" ADD CONSTRAINT "account_notes_about_id_actors_id_fk" FOREIGN KEY ("about_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "account_notes" ADD CONSTRAINT "account_notes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "featured_tags" ADD CONSTRAINT "featured_tags_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "featured_tags" ADD CONSTRAINT "featured_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "featured_tags" ADD CONSTRAINT "featured_tags_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_follows" ADD CONSTRAINT "tag_follows_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "tag_follows" ADD CONSTRAINT "tag_follows_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "shunned_hosts_pair_unique" ON "shunned_hosts" USING btree ("actor_id","host");--> statement-breakpoint
CREATE INDEX "shunned_hosts_page" ON "shunned_hosts" USING btree ("actor_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "endorsements_pair_unique" ON "endorsements" USING btree ("actor_id","endorsed_id");--> statement-breakpoint
CREATE INDEX "endorsements_page" ON "endorsements" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "endorsements_endorsed" ON "endorsements" USING btree ("endorsed_id");--> statement-breakpoint
CREATE INDEX "endorsements_follow" ON "endorsements" USING btree ("follow_id");--> statement-breakpoint
CREATE UNIQUE INDEX "list_members_unique" ON "list_members" USING btree ("list_id","member_id");--> statement-breakpoint
CREATE INDEX "list_members_page" ON "list_members" USING btree ("list_id","id");--> statement-breakpoint
CREATE INDEX "list_members_member" ON "list_members" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "list_members_follow" ON "list_members" USING btree ("follow_id");--> statement-breakpoint
CREATE INDEX "lists_actor" ON "lists" USING btree ("actor_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "mutes_pair_unique" ON "mutes" USING btree ("actor_id","muted_id");--> statement-breakpoint
CREATE INDEX "mutes_muted" ON "mutes" USING btree ("muted_id");--> statement-breakpoint
CREATE INDEX "mutes_expiry" ON "mutes" USING btree ("expires_at") WHERE "mutes"."expires_at" is not null;--> statement-breakpoint
CREATE INDEX "account_notes_about_id_index" ON "account_notes" USING btree ("about_id");--> statement-breakpoint
CREATE UNIQUE INDEX "featured_tags_pair_unique" ON "featured_tags" USING btree ("actor_id","tag_id");--> statement-breakpoint
CREATE INDEX "featured_tags_tag" ON "featured_tags" USING btree ("tag_id");--> statement-breakpoint
CREATE UNIQUE INDEX "tag_follows_pair_unique" ON "tag_follows" USING btree ("actor_id","tag_id");--> statement-breakpoint
CREATE INDEX "tag_follows_page" ON "tag_follows" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "tag_follows_tag" ON "tag_follows" USING btree ("tag_id");--> statement-breakpoint
-- What rests on a follow ends with it: its row may stay, to remember a refusal.
CREATE FUNCTION end_with_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM list_members WHERE follow_id = NEW.id;
  DELETE FROM endorsements WHERE follow_id = NEW.id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER follows_refused AFTER UPDATE OF state ON follows FOR EACH ROW
  WHEN (NEW.state = 'rejected') EXECUTE FUNCTION end_with_follow();
