ALTER TABLE "deliveries" ADD COLUMN "parked_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "last_error" text;--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "parked_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "deliveries_parked" ON "deliveries" USING btree ("parked_at") WHERE "deliveries"."parked_at" is not null;--> statement-breakpoint
CREATE INDEX "delivery_retries_given_up" ON "delivery_retries" USING btree ("given_up_at") WHERE "delivery_retries"."given_up_at" is not null;--> statement-breakpoint
CREATE INDEX "effects_parked" ON "effects" USING btree ("parked_at") WHERE "effects"."parked_at" is not null;--> statement-breakpoint
CREATE INDEX "inbox_activities_parked" ON "inbox_activities" USING btree ("parked_at") WHERE "inbox_activities"."parked_at" is not null;--> statement-breakpoint
UPDATE "inbox_activities" SET "parked_at" = "processed_at" WHERE "processed_at" IS NOT NULL AND "body" <> '';
