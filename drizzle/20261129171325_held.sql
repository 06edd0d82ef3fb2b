ALTER TABLE "posts" ADD COLUMN "is_held" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "reply_consents" ADD COLUMN "brought_by" text;--> statement-breakpoint
-- What was said to named people from the start is theirs.
UPDATE posts SET is_held = true WHERE id IN (
  SELECT post_id FROM reply_consents WHERE state <> 'accepted' AND visibility <> 'direct'
  UNION ALL SELECT post_id FROM reply_approvals a WHERE state = 'refused'
    AND NOT EXISTS (SELECT FROM direct_conversation_posts c WHERE c.post_id = a.post_id));
