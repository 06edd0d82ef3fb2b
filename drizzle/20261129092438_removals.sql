ALTER TABLE "group_posts" ADD COLUMN "removal_reason" text DEFAULT '' NOT NULL;--> statement-breakpoint
-- Two who answer at once must not put the topic back to the older answer: what comes in only moves it on, and only what goes away counts anew.
CREATE FUNCTION advance_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- A topic may come after answers to it.
  IF NEW.post_id = NEW.topic_id THEN
    PERFORM stir_topic(NEW.group_id, NEW.topic_id);
    RETURN NULL;
  END IF;
  UPDATE group_posts SET last_post_id = greatest(last_post_id, NEW.post_id)
  WHERE group_id = NEW.group_id AND post_id = NEW.topic_id;
  RETURN NULL;
END $$;--> statement-breakpoint
DROP TRIGGER group_posts_stir ON group_posts;--> statement-breakpoint
CREATE TRIGGER group_posts_advance AFTER INSERT ON group_posts FOR EACH ROW EXECUTE FUNCTION advance_topic();
