CREATE TYPE "public"."severity" AS ENUM('none', 'limit', 'block');--> statement-breakpoint
CREATE TABLE "allowed_hosts" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"host" text NOT NULL,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "allowed_hosts_host_unique" UNIQUE("host")
);
--> statement-breakpoint
CREATE TABLE "domain_list_entries" (
	"list_id" bigint NOT NULL,
	"host" text NOT NULL,
	"severity" "severity" DEFAULT 'block' NOT NULL,
	"rejects_media" boolean DEFAULT false NOT NULL,
	"rejects_reports" boolean DEFAULT false NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"is_obfuscated" boolean DEFAULT false NOT NULL,
	CONSTRAINT "domain_list_entries_list_id_host_pk" PRIMARY KEY("list_id","host")
);
--> statement-breakpoint
CREATE TABLE "domain_lists" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"url" text NOT NULL,
	"etag" text,
	"tried_at" timestamp (3) with time zone,
	"read_at" timestamp (3) with time zone,
	"last_error" text,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "domain_lists_url_unique" UNIQUE("url")
);
--> statement-breakpoint
CREATE TABLE "report_notes" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"report_id" bigint NOT NULL,
	"user_id" bigint,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "suspended_there_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "restriction" "severity" DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "actors" ADD COLUMN "standing" "severity" DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD COLUMN "id" bigint DEFAULT make_id() NOT NULL;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD COLUMN "severity" "severity" DEFAULT 'block' NOT NULL;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD COLUMN "rejects_media" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD COLUMN "rejects_reports" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD COLUMN "is_obfuscated" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD COLUMN "private_comment" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD COLUMN "list_id" bigint;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "parked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "last_error" text;--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "parked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "instance" ADD COLUMN "only_allowed_hosts" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "assigned_user_id" bigint;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "resolved_user_id" bigint;--> statement-breakpoint
ALTER TABLE "allowed_hosts" ADD CONSTRAINT "allowed_hosts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "domain_list_entries" ADD CONSTRAINT "domain_list_entries_list_id_domain_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."domain_lists"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "domain_lists" ADD CONSTRAINT "domain_lists_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_notes" ADD CONSTRAINT "report_notes_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_notes" ADD CONSTRAINT "report_notes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "domain_list_entries_host_index" ON "domain_list_entries" USING btree ("host");--> statement-breakpoint
CREATE INDEX "report_notes_report" ON "report_notes" USING btree ("report_id","id");--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD CONSTRAINT "blocked_hosts_list_id_domain_lists_id_fk" FOREIGN KEY ("list_id") REFERENCES "public"."domain_lists"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_assigned_user_id_users_id_fk" FOREIGN KEY ("assigned_user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_resolved_user_id_users_id_fk" FOREIGN KEY ("resolved_user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "blocked_hosts_list" ON "blocked_hosts" USING btree ("list_id") WHERE "blocked_hosts"."list_id" is not null;--> statement-breakpoint
CREATE INDEX "deliveries_parked" ON "deliveries" USING btree ("parked_at") WHERE "deliveries"."parked_at" is not null;--> statement-breakpoint
CREATE INDEX "delivery_retries_given_up" ON "delivery_retries" USING btree ("given_up_at") WHERE "delivery_retries"."given_up_at" is not null;--> statement-breakpoint
CREATE INDEX "effects_parked" ON "effects" USING btree ("parked_at") WHERE "effects"."parked_at" is not null;--> statement-breakpoint
CREATE INDEX "inbox_activities_parked" ON "inbox_activities" USING btree ("parked_at") WHERE "inbox_activities"."parked_at" is not null;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD CONSTRAINT "blocked_hosts_id_unique" UNIQUE("id");--> statement-breakpoint
UPDATE "actors" SET "suspended_there_at" = "suspended_at" WHERE "host" IS NOT NULL AND "suspended_at" IS NOT NULL;--> statement-breakpoint
UPDATE "actors" a SET "standing" = 'block', "suspended_at" = coalesce(a."suspended_at", now()) WHERE EXISTS (
	SELECT FROM "blocked_hosts" b WHERE a."host" = b."host" OR a."host" LIKE '%.' || b."host"
		OR split_part(a."iri", '/', 3) = b."host" OR split_part(a."iri", '/', 3) LIKE '%.' || b."host");--> statement-breakpoint
UPDATE "inbox_activities" SET "parked_at" = "processed_at" WHERE "processed_at" IS NOT NULL AND "body" <> '';
