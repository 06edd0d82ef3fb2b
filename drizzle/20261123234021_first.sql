-- Ids in the layout that clients of the fediverse expect: 48 bits of milliseconds, 16 bits of a sequence shared by all processes.
CREATE SEQUENCE "id_tail";--> statement-breakpoint
CREATE FUNCTION make_id(at timestamptz DEFAULT clock_timestamp()) RETURNS bigint LANGUAGE sql VOLATILE AS $$
  SELECT (floor(extract(epoch FROM least(at, clock_timestamp())) * 1000)::bigint << 16) | (nextval('id_tail') & 65535)
$$;--> statement-breakpoint
CREATE TYPE "public"."actor_type" AS ENUM('Person', 'Organization', 'Group', 'Service', 'Application');--> statement-breakpoint
CREATE TYPE "public"."signature_scheme" AS ENUM('cavage', 'rfc9421');--> statement-breakpoint
CREATE TYPE "public"."follow_state" AS ENUM('pending', 'accepted', 'rejected');--> statement-breakpoint
CREATE TYPE "public"."media_state" AS ENUM('uploaded', 'ready', 'refused');--> statement-breakpoint
CREATE TYPE "public"."notification_kind" AS ENUM('mention', 'status', 'reblog', 'follow', 'follow_request', 'favourite', 'update');--> statement-breakpoint
CREATE TYPE "public"."visibility" AS ENUM('public', 'unlisted', 'followers', 'direct');--> statement-breakpoint
CREATE TYPE "public"."member_role" AS ENUM('owner', 'admin', 'publisher', 'contributor', 'responder', 'analyst', 'moderator');--> statement-breakpoint
CREATE TABLE "actors" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"type" "actor_type" NOT NULL,
	"handle" text NOT NULL,
	"host" text,
	"iri" text,
	"url" text,
	"name" text DEFAULT '' NOT NULL,
	"summary" text DEFAULT '' NOT NULL,
	"fields" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"avatar_media_id" bigint,
	"header_media_id" bigint,
	"avatar_remote_url" text,
	"header_remote_url" text,
	"is_locked" boolean DEFAULT true NOT NULL,
	"is_discoverable" boolean DEFAULT false NOT NULL,
	"is_indexable" boolean DEFAULT false NOT NULL,
	"inbox" text,
	"shared_inbox" text,
	"delivery_inbox_id" bigint,
	"outbox" text,
	"followers_iri" text,
	"following_iri" text,
	"featured_iri" text,
	"public_key_id" text,
	"public_key_pem" text,
	"assertion_keys" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"also_known_as" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"moved_to_iri" text,
	"followers_count" bigint DEFAULT 0 NOT NULL,
	"following_count" bigint DEFAULT 0 NOT NULL,
	"posts_count" bigint DEFAULT 0 NOT NULL,
	"last_post_at" timestamp (3) with time zone,
	"published_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"fetched_at" timestamp (3) with time zone,
	"suspended_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "actors_iri_unique" UNIQUE("iri"),
	CONSTRAINT "actors_remote_has_iri" CHECK (("actors"."host" is null) = ("actors"."iri" is null))
);
--> statement-breakpoint
CREATE TABLE "local_actors" (
	"actor_id" bigint PRIMARY KEY NOT NULL,
	"rsa_private_key_pem" text NOT NULL,
	"rsa_public_key_pem" text NOT NULL,
	"ed25519_private_key_pem" text NOT NULL,
	"ed25519_public_key_pem" text NOT NULL,
	"summary_source" text DEFAULT '' NOT NULL,
	"fields_source" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"default_visibility" text DEFAULT 'public' NOT NULL,
	"default_language" text,
	"default_sensitive" boolean DEFAULT false NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"user_id" bigint,
	"actor_id" bigint,
	"action" text NOT NULL,
	"subject_id" bigint,
	"details" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blocked_hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "blocks" (
	"actor_id" bigint NOT NULL,
	"blocked_id" bigint NOT NULL,
	"user_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "blocks_actor_id_blocked_id_pk" PRIMARY KEY("actor_id","blocked_id")
);
--> statement-breakpoint
CREATE TABLE "activities" (
	"id" bigint PRIMARY KEY NOT NULL,
	"actor_id" bigint NOT NULL,
	"type" text NOT NULL,
	"body" text NOT NULL,
	"post_id" bigint,
	"recipient_ids" bigint[],
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"activity_id" bigint NOT NULL,
	"inbox_ids" bigint[] NOT NULL,
	"done_ids" bigint[] DEFAULT '{}' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "delivery_retries" (
	"activity_id" bigint NOT NULL,
	"inbox_id" bigint NOT NULL,
	"host" text NOT NULL,
	"attempts" integer DEFAULT 1 NOT NULL,
	"first_tried_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"last_error" text NOT NULL,
	"given_up_at" timestamp (3) with time zone,
	CONSTRAINT "delivery_retries_activity_id_inbox_id_pk" PRIMARY KEY("activity_id","inbox_id")
);
--> statement-breakpoint
CREATE TABLE "hosts" (
	"host" text PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"failing_since" timestamp (3) with time zone,
	"retry_at" timestamp (3) with time zone,
	"last_error" text,
	"signature_scheme" "signature_scheme",
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_success_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "inboxes" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"url" text NOT NULL,
	"host" text NOT NULL,
	"gone_answers" integer DEFAULT 0 NOT NULL,
	"gone_since" timestamp (3) with time zone,
	"gone_at" timestamp (3) with time zone,
	CONSTRAINT "inboxes_url_unique" UNIQUE("url")
);
--> statement-breakpoint
CREATE TABLE "effects" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"type" text NOT NULL,
	"payload" jsonb NOT NULL,
	"is_local" boolean NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp (3) with time zone,
	"last_error" text,
	"dispatched_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"parked_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "follows" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"follower_id" bigint NOT NULL,
	"followee_id" bigint NOT NULL,
	"state" "follow_state" NOT NULL,
	"activity_iri" text,
	"effect_id" bigint,
	"requested_by" bigint,
	"decided_by" bigint,
	"note" text,
	"shows_boosts" boolean DEFAULT true NOT NULL,
	"notifies" boolean DEFAULT false NOT NULL,
	"languages" text[],
	"requested_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"decided_at" timestamp (3) with time zone,
	"last_sent_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "follows_not_self" CHECK ("follows"."follower_id" <> "follows"."followee_id")
);
--> statement-breakpoint
CREATE TABLE "inbox_activities" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_iri" text NOT NULL,
	"activity_key" text NOT NULL,
	"authority" text NOT NULL,
	"body" text NOT NULL,
	"recipient_id" bigint,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retry_at" timestamp (3) with time zone,
	"processed_at" timestamp (3) with time zone,
	"outcome" text
);
--> statement-breakpoint
CREATE TABLE "tombstones" (
	"iri" text NOT NULL,
	"actor_iri" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "instance" (
	"id" integer PRIMARY KEY DEFAULT 1 NOT NULL,
	"name" text DEFAULT 'Entremise' NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"actor_id" bigint,
	"organization_id" bigint,
	"contact_email" text,
	"setup_token_hash" text,
	"set_up_at" timestamp (3) with time zone,
	"media_secret" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "instance_is_single" CHECK ("instance"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE "media" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"user_id" bigint,
	"post_id" bigint,
	"position" integer DEFAULT 0 NOT NULL,
	"state" "media_state" NOT NULL,
	"refusal" text,
	"key" text NOT NULL,
	"mime" text NOT NULL,
	"kind" text DEFAULT 'image' NOT NULL,
	"width" integer,
	"height" integer,
	"blurhash" text,
	"focus_x" double precision,
	"focus_y" double precision,
	"description" text,
	"variants" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"remote_url" text,
	"cached_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "media_key_unique" UNIQUE("key")
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"kind" "notification_kind" NOT NULL,
	"from_actor_id" bigint NOT NULL,
	"post_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"dismissed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "oauth_apps" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"client_id" text NOT NULL,
	"client_secret_hash" text NOT NULL,
	"name" text NOT NULL,
	"website" text,
	"redirect_uris" text[] NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "oauth_apps_clientId_unique" UNIQUE("client_id")
);
--> statement-breakpoint
CREATE TABLE "oauth_codes" (
	"code_hash" text PRIMARY KEY NOT NULL,
	"app_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"scopes" text[] NOT NULL,
	"redirect_uri" text NOT NULL,
	"code_challenge" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "oauth_tokens" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"token_hash" text NOT NULL,
	"app_id" bigint,
	"user_id" bigint,
	"actor_id" bigint,
	"scopes" text[] NOT NULL,
	"code_hash" text,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "oauth_tokens_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "post_edits" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"post_id" bigint NOT NULL,
	"user_id" bigint,
	"content" text NOT NULL,
	"source" text,
	"spoiler_text" text NOT NULL,
	"is_sensitive" boolean NOT NULL,
	"media" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "post_recipients" (
	"post_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"is_mention" boolean NOT NULL,
	"position" integer DEFAULT 0 NOT NULL,
	CONSTRAINT "post_recipients_post_id_actor_id_pk" PRIMARY KEY("post_id","actor_id")
);
--> statement-breakpoint
CREATE TABLE "post_submissions" (
	"actor_id" bigint NOT NULL,
	"user_id" bigint NOT NULL,
	"key" text NOT NULL,
	"post_id" bigint NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "post_submissions_user_id_actor_id_key_pk" PRIMARY KEY("user_id","actor_id","key")
);
--> statement-breakpoint
CREATE TABLE "post_tags" (
	"post_id" bigint NOT NULL,
	"tag_id" bigint NOT NULL,
	CONSTRAINT "post_tags_post_id_tag_id_pk" PRIMARY KEY("post_id","tag_id")
);
--> statement-breakpoint
CREATE TABLE "posts" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"user_id" bigint,
	"app_id" bigint,
	"iri" text,
	"url" text,
	"visibility" "visibility" NOT NULL,
	"content" text DEFAULT '' NOT NULL,
	"source" text,
	"spoiler_text" text DEFAULT '' NOT NULL,
	"is_sensitive" boolean DEFAULT false NOT NULL,
	"language" text,
	"in_reply_to_id" bigint,
	"in_reply_to_iri" text,
	"in_reply_to_actor_id" bigint,
	"conversation_id" bigint,
	"boost_of_id" bigint,
	"has_media" boolean DEFAULT false NOT NULL,
	"emojis" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"effect_id" bigint,
	"activity_iri" text,
	"raw" jsonb,
	"likes_count" bigint DEFAULT 0 NOT NULL,
	"boosts_count" bigint DEFAULT 0 NOT NULL,
	"replies_count" bigint DEFAULT 0 NOT NULL,
	"published_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"edited_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	CONSTRAINT "posts_iri_unique" UNIQUE("iri")
);
--> statement-breakpoint
CREATE TABLE "tags" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"name" text NOT NULL,
	"label" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tags_name_unique" UNIQUE("name")
);
--> statement-breakpoint
CREATE TABLE "likes" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"actor_id" bigint NOT NULL,
	"post_id" bigint NOT NULL,
	"user_id" bigint,
	"activity_iri" text,
	"effect_id" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"user_id" bigint NOT NULL,
	"actor_id" bigint NOT NULL,
	"role" "member_role" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "memberships_user_id_actor_id_pk" PRIMARY KEY("user_id","actor_id")
);
--> statement-breakpoint
CREATE TABLE "invites" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"token_hash" text NOT NULL,
	"email" text,
	"actor_id" bigint,
	"role" text,
	"invited_by" bigint,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	"used_by" bigint,
	CONSTRAINT "invites_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"token_hash" text NOT NULL,
	"user_id" bigint NOT NULL,
	"actor_id" bigint,
	"user_agent" text DEFAULT '' NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "sessions_tokenHash_unique" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" bigint PRIMARY KEY DEFAULT make_id() NOT NULL,
	"email" text NOT NULL,
	"password_hash" text NOT NULL,
	"locale" text,
	"is_admin" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_login_at" timestamp (3) with time zone,
	"disabled_at" timestamp (3) with time zone
);
--> statement-breakpoint
ALTER TABLE "actors" ADD CONSTRAINT "actors_avatar_media_id_media_id_fk" FOREIGN KEY ("avatar_media_id") REFERENCES "public"."media"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "actors" ADD CONSTRAINT "actors_header_media_id_media_id_fk" FOREIGN KEY ("header_media_id") REFERENCES "public"."media"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "actors" ADD CONSTRAINT "actors_delivery_inbox_id_inboxes_id_fk" FOREIGN KEY ("delivery_inbox_id") REFERENCES "public"."inboxes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "local_actors" ADD CONSTRAINT "local_actors_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocked_hosts" ADD CONSTRAINT "blocked_hosts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_blocked_id_actors_id_fk" FOREIGN KEY ("blocked_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "blocks" ADD CONSTRAINT "blocks_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "activities" ADD CONSTRAINT "activities_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_activity_id_activities_id_fk" FOREIGN KEY ("activity_id") REFERENCES "public"."activities"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_retries" ADD CONSTRAINT "delivery_retries_activity_id_activities_id_fk" FOREIGN KEY ("activity_id") REFERENCES "public"."activities"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "delivery_retries" ADD CONSTRAINT "delivery_retries_inbox_id_inboxes_id_fk" FOREIGN KEY ("inbox_id") REFERENCES "public"."inboxes"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "inboxes" ADD CONSTRAINT "inboxes_host_hosts_host_fk" FOREIGN KEY ("host") REFERENCES "public"."hosts"("host") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_follower_id_actors_id_fk" FOREIGN KEY ("follower_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_followee_id_actors_id_fk" FOREIGN KEY ("followee_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_requested_by_users_id_fk" FOREIGN KEY ("requested_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "follows" ADD CONSTRAINT "follows_decided_by_users_id_fk" FOREIGN KEY ("decided_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instance" ADD CONSTRAINT "instance_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "instance" ADD CONSTRAINT "instance_organization_id_actors_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."actors"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "media" ADD CONSTRAINT "media_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_from_actor_id_actors_id_fk" FOREIGN KEY ("from_actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "notifications" ADD CONSTRAINT "notifications_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_codes" ADD CONSTRAINT "oauth_codes_app_id_oauth_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."oauth_apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_codes" ADD CONSTRAINT "oauth_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_codes" ADD CONSTRAINT "oauth_codes_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_tokens" ADD CONSTRAINT "oauth_tokens_app_id_oauth_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."oauth_apps"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_tokens" ADD CONSTRAINT "oauth_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "oauth_tokens" ADD CONSTRAINT "oauth_tokens_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_edits" ADD CONSTRAINT "post_edits_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_edits" ADD CONSTRAINT "post_edits_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_recipients" ADD CONSTRAINT "post_recipients_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_recipients" ADD CONSTRAINT "post_recipients_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_submissions" ADD CONSTRAINT "post_submissions_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_submissions" ADD CONSTRAINT "post_submissions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_submissions" ADD CONSTRAINT "post_submissions_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_tags" ADD CONSTRAINT "post_tags_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "post_tags" ADD CONSTRAINT "post_tags_tag_id_tags_id_fk" FOREIGN KEY ("tag_id") REFERENCES "public"."tags"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_app_id_oauth_apps_id_fk" FOREIGN KEY ("app_id") REFERENCES "public"."oauth_apps"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_in_reply_to_id_posts_id_fk" FOREIGN KEY ("in_reply_to_id") REFERENCES "public"."posts"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_in_reply_to_actor_id_actors_id_fk" FOREIGN KEY ("in_reply_to_actor_id") REFERENCES "public"."actors"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "posts" ADD CONSTRAINT "posts_boost_of_id_posts_id_fk" FOREIGN KEY ("boost_of_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "likes" ADD CONSTRAINT "likes_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "likes" ADD CONSTRAINT "likes_post_id_posts_id_fk" FOREIGN KEY ("post_id") REFERENCES "public"."posts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "likes" ADD CONSTRAINT "likes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invites" ADD CONSTRAINT "invites_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invites" ADD CONSTRAINT "invites_invited_by_users_id_fk" FOREIGN KEY ("invited_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invites" ADD CONSTRAINT "invites_used_by_users_id_fk" FOREIGN KEY ("used_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_actor_id_actors_id_fk" FOREIGN KEY ("actor_id") REFERENCES "public"."actors"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "actors_local_handle_unique" ON "actors" USING btree (lower("handle")) WHERE "actors"."host" is null;--> statement-breakpoint
CREATE INDEX "actors_handle" ON "actors" USING btree (lower("handle"),"host");--> statement-breakpoint
CREATE INDEX "actors_host" ON "actors" USING btree ("host") WHERE "actors"."host" is not null;--> statement-breakpoint
CREATE INDEX "actors_public_key" ON "actors" USING btree ("public_key_id") WHERE "actors"."public_key_id" is not null;--> statement-breakpoint
CREATE INDEX "actors_followers_iri" ON "actors" USING btree ("followers_iri") WHERE "actors"."followers_iri" is not null;--> statement-breakpoint
CREATE INDEX "audit_actor_id_id_index" ON "audit" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "audit_user_id_id_index" ON "audit" USING btree ("user_id","id");--> statement-breakpoint
CREATE INDEX "blocks_blocked_id_index" ON "blocks" USING btree ("blocked_id");--> statement-breakpoint
CREATE INDEX "activities_actor" ON "activities" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "deliveries" USING btree ("id") WHERE "deliveries"."finished_at" is null;--> statement-breakpoint
CREATE INDEX "deliveries_activity" ON "deliveries" USING btree ("activity_id");--> statement-breakpoint
CREATE INDEX "delivery_retries_due" ON "delivery_retries" USING btree ("due_at") WHERE "delivery_retries"."given_up_at" is null;--> statement-breakpoint
CREATE INDEX "delivery_retries_host" ON "delivery_retries" USING btree ("host","activity_id") WHERE "delivery_retries"."given_up_at" is null;--> statement-breakpoint
CREATE INDEX "hosts_failing" ON "hosts" USING btree ("retry_at") WHERE "hosts"."failures" > 0;--> statement-breakpoint
CREATE INDEX "effects_waiting" ON "effects" USING btree ("id") WHERE "effects"."dispatched_at" is null and "effects"."parked_at" is null;--> statement-breakpoint
CREATE INDEX "effects_unfinished" ON "effects" USING btree ("dispatched_at") WHERE "effects"."dispatched_at" is not null and "effects"."finished_at" is null and "effects"."parked_at" is null;--> statement-breakpoint
CREATE INDEX "effects_finished" ON "effects" USING btree ("finished_at") WHERE "effects"."finished_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "follows_pair_unique" ON "follows" USING btree ("follower_id","followee_id");--> statement-breakpoint
CREATE INDEX "follows_followee" ON "follows" USING btree ("followee_id","state","id");--> statement-breakpoint
CREATE INDEX "follows_follower" ON "follows" USING btree ("follower_id","state","id");--> statement-breakpoint
CREATE INDEX "follows_activity" ON "follows" USING btree ("activity_iri") WHERE "follows"."activity_iri" is not null;--> statement-breakpoint
CREATE INDEX "follows_effect" ON "follows" USING btree ("effect_id") WHERE "follows"."effect_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "inbox_activities_unique" ON "inbox_activities" USING btree ("actor_iri","activity_key");--> statement-breakpoint
CREATE INDEX "inbox_activities_waiting" ON "inbox_activities" USING btree ("id") WHERE "inbox_activities"."processed_at" is null;--> statement-breakpoint
CREATE INDEX "inbox_activities_processed" ON "inbox_activities" USING btree ("processed_at") WHERE "inbox_activities"."processed_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "tombstones_unique" ON "tombstones" USING btree ("iri","actor_iri");--> statement-breakpoint
CREATE INDEX "tombstones_expires_at_index" ON "tombstones" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "media_post" ON "media" USING btree ("post_id","position") WHERE "media"."post_id" is not null;--> statement-breakpoint
CREATE INDEX "media_actor" ON "media" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "media_uploaded" ON "media" USING btree ("id") WHERE "media"."state" = 'uploaded';--> statement-breakpoint
CREATE UNIQUE INDEX "notifications_story_unique" ON "notifications" USING btree ("actor_id","kind","from_actor_id",coalesce("post_id", 0));--> statement-breakpoint
CREATE INDEX "notifications_actor" ON "notifications" USING btree ("actor_id","id") WHERE "notifications"."dismissed_at" is null;--> statement-breakpoint
CREATE INDEX "notifications_post" ON "notifications" USING btree ("post_id");--> statement-breakpoint
CREATE INDEX "oauth_tokens_user_id_index" ON "oauth_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "oauth_tokens_actor_id_index" ON "oauth_tokens" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "oauth_tokens_code_hash_index" ON "oauth_tokens" USING btree ("code_hash");--> statement-breakpoint
CREATE INDEX "post_edits_post_id_id_index" ON "post_edits" USING btree ("post_id","id");--> statement-breakpoint
CREATE INDEX "post_recipients_actor_id_post_id_index" ON "post_recipients" USING btree ("actor_id","post_id");--> statement-breakpoint
CREATE INDEX "post_submissions_created_at_index" ON "post_submissions" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "post_tags_tag_id_post_id_index" ON "post_tags" USING btree ("tag_id","post_id");--> statement-breakpoint
CREATE INDEX "posts_actor" ON "posts" USING btree ("actor_id","id") WHERE "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_public" ON "posts" USING btree ("id") WHERE "posts"."visibility" = 'public' and "posts"."boost_of_id" is null and "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_public_local" ON "posts" USING btree ("id") WHERE "posts"."visibility" = 'public' and "posts"."boost_of_id" is null and "posts"."deleted_at" is null and "posts"."iri" is null;--> statement-breakpoint
CREATE INDEX "posts_replies" ON "posts" USING btree ("in_reply_to_id","id") WHERE "posts"."in_reply_to_id" is not null;--> statement-breakpoint
CREATE INDEX "posts_orphans" ON "posts" USING btree ("in_reply_to_iri") WHERE "posts"."in_reply_to_iri" is not null;--> statement-breakpoint
CREATE INDEX "posts_conversation" ON "posts" USING btree ("conversation_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "posts_boost_unique" ON "posts" USING btree ("boost_of_id","actor_id") WHERE "posts"."boost_of_id" is not null and "posts"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "posts_activity" ON "posts" USING btree ("activity_iri") WHERE "posts"."activity_iri" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "likes_pair_unique" ON "likes" USING btree ("post_id","actor_id");--> statement-breakpoint
CREATE INDEX "likes_actor" ON "likes" USING btree ("actor_id","id");--> statement-breakpoint
CREATE INDEX "likes_activity" ON "likes" USING btree ("activity_iri");--> statement-breakpoint
CREATE INDEX "memberships_actor_id_index" ON "memberships" USING btree ("actor_id");--> statement-breakpoint
CREATE INDEX "sessions_user_id_index" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "sessions_expires_at_index" ON "sessions" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "users_email_unique" ON "users" USING btree (lower("email"));--> statement-breakpoint
-- Counters follow from unique rows, in the transaction that writes the rows.
CREATE FUNCTION count_likes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE posts SET likes_count = likes_count + (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END) * changed.n
  FROM (SELECT post_id, count(*) AS n FROM changed_rows GROUP BY post_id) AS changed WHERE posts.id = changed.post_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER likes_counted_in AFTER INSERT ON likes REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_likes();--> statement-breakpoint
CREATE TRIGGER likes_counted_out AFTER DELETE ON likes REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_likes();--> statement-breakpoint
CREATE FUNCTION count_follows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE step int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  UPDATE actors SET followers_count = followers_count + step * changed.n
  FROM (SELECT followee_id, count(*) AS n FROM changed_rows WHERE state = 'accepted' GROUP BY followee_id) AS changed
  WHERE actors.id = changed.followee_id;
  UPDATE actors SET following_count = following_count + step * changed.n
  FROM (SELECT follower_id, count(*) AS n FROM changed_rows WHERE state = 'accepted' GROUP BY follower_id) AS changed
  WHERE actors.id = changed.follower_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER follows_counted_in AFTER INSERT ON follows REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_follows();--> statement-breakpoint
CREATE TRIGGER follows_counted_out AFTER DELETE ON follows REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_follows();--> statement-breakpoint
CREATE FUNCTION recount_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE step int := (NEW.state = 'accepted')::int - (OLD.state = 'accepted')::int;
BEGIN
  UPDATE actors SET followers_count = followers_count + step WHERE id = NEW.followee_id;
  UPDATE actors SET following_count = following_count + step WHERE id = NEW.follower_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER follows_recounted AFTER UPDATE OF state ON follows FOR EACH ROW
  WHEN ((OLD.state = 'accepted') <> (NEW.state = 'accepted')) EXECUTE FUNCTION recount_follow();--> statement-breakpoint
-- Only what everybody may see is counted: a counter must not tell of private posts.
CREATE FUNCTION count_posts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE step int := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END;
BEGIN
  UPDATE posts SET boosts_count = boosts_count + step * changed.n
  FROM (SELECT boost_of_id, count(*) AS n FROM changed_rows
        WHERE boost_of_id IS NOT NULL AND deleted_at IS NULL GROUP BY boost_of_id) AS changed
  WHERE posts.id = changed.boost_of_id;
  UPDATE posts SET replies_count = replies_count + step * changed.n
  FROM (SELECT in_reply_to_id, count(*) AS n FROM changed_rows
        WHERE in_reply_to_id IS NOT NULL AND deleted_at IS NULL AND visibility IN ('public', 'unlisted')
        GROUP BY in_reply_to_id) AS changed
  WHERE posts.id = changed.in_reply_to_id;
  UPDATE actors SET posts_count = posts_count + step * changed.n,
    last_post_at = CASE WHEN step > 0 THEN greatest(last_post_at, changed.at) ELSE last_post_at END
  FROM (SELECT actor_id, count(*) AS n, max(published_at) AS at FROM changed_rows
        WHERE deleted_at IS NULL AND visibility <> 'direct' GROUP BY actor_id) AS changed
  WHERE actors.id = changed.actor_id;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER posts_counted_in AFTER INSERT ON posts REFERENCING NEW TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_posts();--> statement-breakpoint
CREATE TRIGGER posts_counted_out AFTER DELETE ON posts REFERENCING OLD TABLE AS changed_rows
  FOR EACH STATEMENT EXECUTE FUNCTION count_posts();--> statement-breakpoint
CREATE FUNCTION recount_post() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  before int := (OLD.deleted_at IS NULL)::int;
  after int := (NEW.deleted_at IS NULL)::int;
  is_counted_reply boolean := NEW.visibility IN ('public', 'unlisted');
BEGIN
  IF before <> after THEN
    UPDATE posts SET boosts_count = boosts_count + after - before WHERE id = NEW.boost_of_id;
    UPDATE actors SET posts_count = posts_count + after - before WHERE id = NEW.actor_id AND NEW.visibility <> 'direct';
  END IF;
  IF is_counted_reply AND before = 1 AND OLD.in_reply_to_id IS NOT NULL THEN
    UPDATE posts SET replies_count = replies_count - 1 WHERE id = OLD.in_reply_to_id;
  END IF;
  IF is_counted_reply AND after = 1 AND NEW.in_reply_to_id IS NOT NULL THEN
    UPDATE posts SET replies_count = replies_count + 1 WHERE id = NEW.in_reply_to_id;
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER posts_recounted AFTER UPDATE OF deleted_at, in_reply_to_id ON posts FOR EACH ROW
  WHEN (OLD.deleted_at IS DISTINCT FROM NEW.deleted_at OR OLD.in_reply_to_id IS DISTINCT FROM NEW.in_reply_to_id)
  EXECUTE FUNCTION recount_post();
