CREATE TYPE "public"."relay_state" AS ENUM('pending', 'accepted', 'rejected');--> statement-breakpoint
CREATE TABLE "relays" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"inbox_url" text NOT NULL,
	"inbox_id" bigint NOT NULL,
	"actor_iri" text,
	"state" "relay_state" DEFAULT 'pending' NOT NULL,
	"effect_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"answered_at" timestamp (3) with time zone,
	CONSTRAINT "relays_inboxUrl_unique" UNIQUE("inbox_url")
);
--> statement-breakpoint
ALTER TABLE "inbox_activities" ADD COLUMN "signer_iri" text;--> statement-breakpoint
ALTER TABLE "relays" ADD CONSTRAINT "relays_inbox_id_inboxes_id_fk" FOREIGN KEY ("inbox_id") REFERENCES "public"."inboxes"("id") ON DELETE no action ON UPDATE no action;