CREATE TYPE "public"."reply_state" AS ENUM('pending', 'accepted', 'refused');--> statement-breakpoint
CREATE TABLE "reply_approvals" (
	"post_id" bigint PRIMARY KEY NOT NULL,
	"state" "reply_state" DEFAULT 'pending' NOT NULL,
	"authorization_iri" text,
	"is_authorization" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "reply_policies" (
	"post_id" bigint PRIMARY KEY NOT NULL,
	"automatic" text[] NOT NULL,
	"manual" text[] NOT NULL
);
--> statement-breakpoint
ALTER TABLE "reply_approvals" ADD CONSTRAINT "reply_approvals_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_policies" ADD CONSTRAINT "reply_policies_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "reply_approvals_authorization" ON "reply_approvals" USING btree ("authorization_iri") WHERE "reply_approvals"."authorization_iri" is not null;