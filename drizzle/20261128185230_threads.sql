CREATE TABLE "thread_readings" (
	"iri" text PRIMARY KEY NOT NULL,
	"post_id" bigint NOT NULL,
	"due_at" timestamp (3) with time zone,
	"position" integer DEFAULT 0 NOT NULL,
	"reads" integer DEFAULT 0 NOT NULL,
	"read_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "thread_readings" ADD CONSTRAINT "thread_readings_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "thread_readings_due" ON "thread_readings" USING btree ("due_at") WHERE "thread_readings"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "thread_readings_post" ON "thread_readings" USING btree ("post_id");