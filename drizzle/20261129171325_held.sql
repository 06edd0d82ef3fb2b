ALTER TABLE "posts" ADD COLUMN "is_held" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "reply_consents" ADD COLUMN "brought_by" text;--> statement-breakpoint
UPDATE posts SET is_held = true WHERE id IN (
  SELECT post_id FROM reply_consents WHERE state <> 'accepted'
  UNION ALL SELECT post_id FROM reply_approvals WHERE state = 'refused');
