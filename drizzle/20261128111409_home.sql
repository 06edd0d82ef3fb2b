ALTER TABLE "instance" ADD COLUMN "public_url" text;--> statement-breakpoint
ALTER TABLE "instance" ADD COLUMN "handle_host" text;