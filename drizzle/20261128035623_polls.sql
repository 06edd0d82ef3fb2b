ALTER TYPE "public"."notification_kind" ADD VALUE 'poll';--> statement-breakpoint
CREATE TABLE "poll_ballots" (
	"poll_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"user_id" bigint,
	"choices" integer[] NOT NULL,
	"is_multiple" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "poll_ballots_poll_id_actor_id_pk" PRIMARY KEY("poll_id","actor_id"),
	CONSTRAINT "poll_ballots_choices" CHECK ("poll_ballots"."is_multiple" or cardinality("poll_ballots"."choices") = 1)
);
--> statement-breakpoint
CREATE TABLE "polls" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"post_id" bigint NOT NULL,
	"options" text[] NOT NULL,
	"tallies" integer[] NOT NULL,
	"voters_count" integer,
	"is_multiple" boolean NOT NULL,
	"hides_totals" boolean DEFAULT false NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"counts_due_at" timestamp (3) with time zone,
	"fetched_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "polls_postId_unique" UNIQUE("post_id"),
	CONSTRAINT "polls_tallies" CHECK (cardinality("polls"."tallies") = cardinality("polls"."options"))
);
--> statement-breakpoint
ALTER TABLE "post_edits" ADD COLUMN "poll_options" text[];--> statement-breakpoint
ALTER TABLE "poll_ballots" ADD CONSTRAINT "poll_ballots_poll_id_polls_id_fk" FOREIGN KEY ("poll_id") REFERENCES "public"."polls"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_ballots" ADD CONSTRAINT "poll_ballots_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "poll_ballots" ADD CONSTRAINT "poll_ballots_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "polls" ADD CONSTRAINT "polls_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "poll_ballots_actor_id_index" ON "poll_ballots" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "polls_ends" ON "polls" USING btree ("ends_at") WHERE "polls"."ended_at" is null and "polls"."ends_at" is not null;--> statement-breakpoint
CREATE INDEX "polls_counts_due" ON "polls" USING btree ("counts_due_at") WHERE "polls"."counts_due_at" is not null;