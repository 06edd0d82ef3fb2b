CREATE TYPE "public"."registration_mode" AS ENUM('closed', 'approval', 'open');--> statement-breakpoint
CREATE TABLE "registrations" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"email" text NOT NULL,
	"handle" text NOT NULL,
	"password_hash" text NOT NULL,
	"locale" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"confirmed_at" timestamp (3) with time zone,
	"link_hash" text,
	"link_expires_at" timestamp (3) with time zone,
	"mails" integer DEFAULT 0 NOT NULL,
	"ticket_hash" text,
	CONSTRAINT "registrations_linkHash_unique" UNIQUE("link_hash"),
	CONSTRAINT "registrations_ticketHash_unique" UNIQUE("ticket_hash"),
	CONSTRAINT "registrations_handle_lower" CHECK ("registrations"."handle" = lower("registrations"."handle"))
);
--> statement-breakpoint
ALTER TABLE "instance" ADD COLUMN "registration_mode" "registration_mode" DEFAULT 'closed' NOT NULL;--> statement-breakpoint
ALTER TABLE "instance" ADD COLUMN "registration_message" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "oauth_tokens" ADD COLUMN "registration_id" bigint;--> statement-breakpoint
CREATE UNIQUE INDEX "registrations_handle_unique" ON "registrations" USING btree ("handle");--> statement-breakpoint
CREATE INDEX "registrations_email" ON "registrations" USING btree (lower("email"));--> statement-breakpoint
ALTER TABLE "oauth_tokens" ADD CONSTRAINT "oauth_tokens_registration_id_registrations_id_fk" FOREIGN KEY ("registration_id") REFERENCES "public"."registrations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "oauth_tokens_registration_id_index" ON "oauth_tokens" USING btree ("registration_id");