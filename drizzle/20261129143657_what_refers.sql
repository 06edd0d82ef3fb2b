CREATE INDEX "actors_avatar" ON "actors" USING btree ("avatar_media_id") WHERE "actors"."avatar_media_id" is not null;--> statement-breakpoint
CREATE INDEX "actors_header" ON "actors" USING btree ("header_media_id") WHERE "actors"."header_media_id" is not null;--> statement-breakpoint
CREATE INDEX "actors_delivery_inbox" ON "actors" USING btree ("delivery_inbox_id") WHERE "actors"."delivery_inbox_id" is not null;--> statement-breakpoint
CREATE INDEX "actors_moved_to" ON "actors" USING btree ("moved_to_iri") WHERE "actors"."moved_to_iri" is not null;--> statement-breakpoint
CREATE INDEX "suggestion_dismissals_dismissed_id_index" ON "suggestion_dismissals" USING btree ("dismissed_id");--> statement-breakpoint
CREATE INDEX "audit_subject_id_index" ON "audit" USING btree ("subject_id");--> statement-breakpoint
CREATE INDEX "direct_conversations_participants" ON "direct_conversations" USING gin ("participant_ids");--> statement-breakpoint
CREATE INDEX "activities_recipients" ON "activities" USING gin ("recipient_ids") WHERE "activities"."recipient_ids" is not null;--> statement-breakpoint
CREATE INDEX "delivery_retries_inbox" ON "delivery_retries" USING btree ("inbox_id");--> statement-breakpoint
CREATE INDEX "inboxes_host_index" ON "inboxes" USING btree ("host");--> statement-breakpoint
CREATE INDEX "group_posts_removed_by" ON "group_posts" USING btree ("removed_by_id") WHERE "group_posts"."removed_by_id" is not null;--> statement-breakpoint
CREATE INDEX "group_refusals_actor_id_index" ON "group_refusals" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "notification_permissions_from_actor_id_index" ON "notification_permissions" USING btree ("from_actor_id");--> statement-breakpoint
CREATE INDEX "notification_requests_from" ON "notification_requests" USING btree ("from_actor_id");--> statement-breakpoint
CREATE INDEX "notifications_from" ON "notifications" USING btree ("from_actor_id");--> statement-breakpoint
CREATE INDEX "oauth_codes_app_id_index" ON "oauth_codes" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "oauth_codes_actor_id_index" ON "oauth_codes" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "oauth_tokens_app_id_index" ON "oauth_tokens" USING btree ("app_id");--> statement-breakpoint
CREATE INDEX "oauth_tokens_revoked" ON "oauth_tokens" USING btree ("revoked_at") WHERE "oauth_tokens"."revoked_at" is not null;--> statement-breakpoint
CREATE INDEX "oauth_tokens_of_apps" ON "oauth_tokens" USING btree ("created_at") WHERE "oauth_tokens"."user_id" is null;--> statement-breakpoint
CREATE INDEX "post_submissions_actor_id_index" ON "post_submissions" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "posts_author" ON "posts" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "posts_answered" ON "posts" USING btree ("in_reply_to_actor_id") WHERE "posts"."in_reply_to_actor_id" is not null;--> statement-breakpoint
CREATE INDEX "posts_app" ON "posts" USING btree ("app_id") WHERE "posts"."app_id" is not null;--> statement-breakpoint
CREATE INDEX "reports_actor_id_index" ON "reports" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "reports_target_id_index" ON "reports" USING btree ("target_id");--> statement-breakpoint
CREATE INDEX "scheduled_posts_app" ON "scheduled_posts" USING btree ("app_id") WHERE "scheduled_posts"."app_id" is not null;--> statement-breakpoint
CREATE INDEX "invites_actor_id_index" ON "invites" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "sessions_actor_id_index" ON "sessions" USING btree ("actor_id");