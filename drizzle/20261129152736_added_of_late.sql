DROP INDEX "group_posts_added";--> statement-breakpoint
CREATE INDEX "group_posts_added" ON "group_posts" USING btree ("group_id","added_at") WHERE "group_posts"."added_at" is not null;