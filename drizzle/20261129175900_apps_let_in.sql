ALTER TABLE "oauth_apps" ADD COLUMN "authorized_at" timestamp (3) with time zone;--> statement-breakpoint
CREATE INDEX "oauth_apps_unused" ON "oauth_apps" USING btree ("created_at") WHERE "oauth_apps"."authorized_at" is null;--> statement-breakpoint
UPDATE "oauth_apps" a SET "authorized_at" = a."created_at" WHERE
  EXISTS (SELECT FROM "oauth_tokens" t WHERE t."app_id" = a."id" AND (t."user_id" IS NOT NULL OR t."registration_id" IS NOT NULL))
  OR EXISTS (SELECT FROM "oauth_codes" c WHERE c."app_id" = a."id")
  OR EXISTS (SELECT FROM "posts" p WHERE p."app_id" = a."id")
  OR EXISTS (SELECT FROM "scheduled_posts" s WHERE s."app_id" = a."id");
