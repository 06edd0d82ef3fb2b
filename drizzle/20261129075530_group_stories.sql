ALTER TYPE "public"."notification_kind" ADD VALUE 'group_request';--> statement-breakpoint
ALTER TYPE "public"."notification_kind" ADD VALUE 'group_joined';--> statement-breakpoint
ALTER TYPE "public"."notification_kind" ADD VALUE 'group_removed';