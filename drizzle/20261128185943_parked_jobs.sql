CREATE TABLE "report_notes" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"report_id" bigint NOT NULL,
	"user_id" bigint,
	"text" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "parked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "last_error" text;--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "parked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "assigned_user_id" bigint;--> statement-breakpoint
ALTER TABLE "reports" ADD COLUMN "resolved_user_id" bigint;--> statement-breakpoint
ALTER TABLE "report_notes" ADD CONSTRAINT "report_notes_report_id_reports_id_fk" FOREIGN KEY ("report_id") REFERENCES "public"."reports"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "report_notes" ADD CONSTRAINT "report_notes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "report_notes_report" ON "report_notes" USING btree ("report_id","id");--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_assigned_user_id_users_id_fk" FOREIGN KEY ("assigned_user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reports" ADD CONSTRAINT "reports_resolved_user_id_users_id_fk" FOREIGN KEY ("resolved_user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deliveries_parked" ON "deliveries" USING btree ("parked_at") WHERE "deliveries"."parked_at" is not null;--> statement-breakpoint
CREATE INDEX "delivery_retries_given_up" ON "delivery_retries" USING btree ("given_up_at") WHERE "delivery_retries"."given_up_at" is not null;--> statement-breakpoint
CREATE INDEX "effects_parked" ON "effects" USING btree ("parked_at") WHERE "effects"."parked_at" is not null;--> statement-breakpoint
CREATE INDEX "inbox_activities_parked" ON "inbox_activities" USING btree ("parked_at") WHERE "inbox_activities"."parked_at" is not null;--> statement-breakpoint
UPDATE "inbox_activities" SET "parked_at" = "processed_at" WHERE "processed_at" IS NOT NULL AND "body" <> '';
