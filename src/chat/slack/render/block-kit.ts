import type { types } from '@slack/bolt'

/** Slack's own names for what is drawn here; nothing outside `chat/slack` sees them. */
export type KnownBlock = types.KnownBlock
export type ActionsBlock = types.ActionsBlock
export type Button = types.Button
export type ConfirmationDialog = types.ConfirmationDialog
export type HomeView = types.HomeView
export type InputBlock = types.InputBlock
export type ModalView = types.ModalView
export type MrkdwnElement = types.MrkdwnElement
export type PlainTextElement = types.PlainTextElement
export type PlainTextOption = types.PlainTextOption
export type RichTextBlock = types.RichTextBlock
export type RichTextElement = types.RichTextElement
export type StaticSelect = types.StaticSelect
