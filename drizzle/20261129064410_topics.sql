DROP INDEX "group_posts_topics";--> statement-breakpoint
ALTER TABLE "group_posts" ADD COLUMN "last_post_id" bigint;--> statement-breakpoint
CREATE INDEX "group_posts_topics" ON "group_posts" USING btree ("group_id","last_post_id") WHERE "group_posts"."topic_id" = "group_posts"."post_id" and "group_posts"."removed_at" is null;--> statement-breakpoint
-- The feed of a group shows first where something was said last. Posts are deleted in many ways, so the tables keep that themselves.
CREATE FUNCTION stir_topic(in_group bigint, in_topic bigint) RETURNS void LANGUAGE sql AS $$
  UPDATE group_posts SET last_post_id = coalesce((
    SELECT max(said.post_id) FROM group_posts said JOIN posts p ON p.id = said.post_id
    WHERE said.group_id = in_group AND said.topic_id = in_topic AND said.removed_at IS NULL AND p.deleted_at IS NULL
  ), in_topic)
  WHERE group_id = in_group AND post_id = in_topic;
$$;--> statement-breakpoint
CREATE FUNCTION stir_own_topic() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM stir_topic(NEW.group_id, NEW.topic_id);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER group_posts_stir AFTER INSERT ON group_posts FOR EACH ROW EXECUTE FUNCTION stir_own_topic();--> statement-breakpoint
CREATE TRIGGER group_posts_stir_again AFTER UPDATE OF removed_at ON group_posts FOR EACH ROW
  WHEN ((OLD.removed_at IS NULL) <> (NEW.removed_at IS NULL)) EXECUTE FUNCTION stir_own_topic();--> statement-breakpoint
CREATE FUNCTION stir_topics_of_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM stir_topic(group_id, topic_id) FROM group_posts WHERE post_id = NEW.id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER posts_stir_topics AFTER UPDATE OF deleted_at ON posts FOR EACH ROW
  WHEN ((OLD.deleted_at IS NULL) <> (NEW.deleted_at IS NULL)) EXECUTE FUNCTION stir_topics_of_post();--> statement-breakpoint
UPDATE group_posts topic SET last_post_id = coalesce((
  SELECT max(said.post_id) FROM group_posts said JOIN posts p ON p.id = said.post_id
  WHERE said.group_id = topic.group_id AND said.topic_id = topic.topic_id AND said.removed_at IS NULL AND p.deleted_at IS NULL
), topic.post_id)
WHERE topic.topic_id = topic.post_id;
