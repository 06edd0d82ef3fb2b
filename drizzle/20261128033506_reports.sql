CREATE TYPE "public"."text_kind" AS ENUM('extended_description', 'privacy_policy', 'terms_of_service');--> statement-breakpoint
CREATE TYPE "public"."report_category" AS ENUM('spam', 'legal', 'violation', 'other');--> statement-breakpoint
CREATE TABLE "instance_texts" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"kind" text_kind NOT NULL,
	"source" text NOT NULL,
	"effective_on" date NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rules" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"text" text NOT NULL,
	"hint" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "reports" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"user_id" bigint,
	"target_id" bigint NOT NULL,
	"category" "report_category" DEFAULT 'other' NOT NULL,
	"comment" text DEFAULT '' NOT NULL,
	"post_ids" bigint[] DEFAULT '{}' NOT NULL,
	"rule_ids" bigint[] DEFAULT '{}' NOT NULL,
	"is_forwarded" boolean DEFAULT false NOT NULL,
	"activity_iri" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "reports_activityIri_unique" UNIQUE("activity_iri")
);
--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_target_id_actors_id_fk" FOREIGN KEY ("target_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "instance_texts_unique" ON "instance_texts" USING btree ("kind","effective_on");--> statement-breakpoint
CREATE INDEX "rules_present" ON "rules" USING btree ("id") WHERE "rules"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "reports_open" ON "reports" USING btree ("id") WHERE "reports"."resolved_at" is null;