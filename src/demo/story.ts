import { bowls, emblem, loaves, mountains, type Scene } from './scenes.ts'

/** A picture of the demonstration with what it shows. */
export type DemoPicture = Readonly<{ scene: Scene; alt: string }>

/** A post of the demonstration; `key` is how others refer to it. */
export type DemoPost = Readonly<{
  key: string
  by: string
  text: string
  language: 'fr' | 'en'
  visibility?: 'public' | 'unlisted' | 'followers'
  pictures?: readonly DemoPicture[]
  replyTo?: string
  /** What is sold in it, on its first picture: from 0 to 1, from the left and from the top. */
  products?: readonly Readonly<{ key: string; x: number; y: number }>[]
}>

/** An identity of the demonstration. */
export type DemoActor = Readonly<{
  handle: string
  type: 'Organization' | 'Person'
  name: string
  summary: string
  avatar: Scene
  fields: readonly Readonly<{ name: string; value: string }>[]
  isOpen?: boolean
}>

const dusk = { sky: ['#2b3a67', '#f2b880'], far: '#b3a7c4', near: '#1f2a3c', sun: '#ffe9b8' } as const
const noon = { sky: ['#3f7cac', '#dcecf2'], far: '#a9c3cf', near: '#24483e', sun: '#fffbe6' } as const
const dawn = { sky: ['#6d597a', '#ffcdb2'], far: '#e5989b', near: '#355070', sun: '#fff1d6' } as const

/** Three organisations and the people around them. */
export const actors: readonly DemoActor[] = [
  {
    handle: 'levain',
    type: 'Organization',
    name: 'Le Levain d’Ardèche',
    summary: 'Boulangerie au levain, farines de la vallée, four à bois. Ouvert du mardi au samedi, 7 h – 13 h.',
    avatar: emblem('#f0dfc0', '#b9722f', 'loaf'),
    fields: [
      { name: 'Adresse', value: '4 place du Marché, Privas' },
      { name: 'Réponse', value: 'Nous répondons dans la journée' },
    ],
  },
  {
    handle: 'atelier_brume',
    type: 'Organization',
    name: 'Atelier Brume',
    summary: 'Grès tourné à la main, émaux de cendre. Visites sur rendez-vous.',
    avatar: emblem('#2f4a4f', '#d9c7a3', 'bowl'),
    fields: [{ name: 'Visites', value: 'Le premier samedi du mois' }],
  },
  {
    handle: 'cretes',
    type: 'Organization',
    name: 'Crêtes & Vallées',
    summary: 'Slow walks in small groups, from hut to hut. We publish a route every week.',
    avatar: emblem('#23415c', '#e9dcc3', 'peak'),
    fields: [{ name: 'Group size', value: 'Eight people at the most' }],
    isOpen: true,
  },
  {
    handle: 'lea',
    type: 'Person',
    name: 'Léa Marchand',
    summary: 'Boulangère. Parle ici en son nom.',
    avatar: emblem('#e7c9b0', '#7a4b33', 'face'),
    fields: [],
  },
  {
    handle: 'tom',
    type: 'Person',
    name: 'Tom Albrecht',
    summary: 'Guide, reader, early riser.',
    avatar: emblem('#b9cbd6', '#3b5468', 'face'),
    fields: [],
  },
  {
    handle: 'nadia',
    type: 'Person',
    name: 'Nadia Roussel',
    summary: 'Potière à Aubenas. Cherche un bon pain.',
    avatar: emblem('#d5c9e0', '#5b4470', 'face'),
    fields: [],
  },
  {
    handle: 'hugo',
    type: 'Person',
    name: 'Hugo Brandt',
    summary: 'Bakes at weekends, asks many questions.',
    avatar: emblem('#d3dcc0', '#4f5f33', 'face'),
    fields: [],
  },
]

/** Who follows whom; a follow of somebody who approves is answered as `answer` says. */
export const follows: readonly Readonly<{ from: string; to: string; answer: 'accept' | 'wait' }>[] = [
  { from: 'lea', to: 'levain', answer: 'accept' },
  { from: 'lea', to: 'atelier_brume', answer: 'accept' },
  { from: 'lea', to: 'cretes', answer: 'accept' },
  { from: 'tom', to: 'cretes', answer: 'accept' },
  { from: 'tom', to: 'levain', answer: 'wait' },
  { from: 'levain', to: 'atelier_brume', answer: 'accept' },
  { from: 'nadia', to: 'levain', answer: 'wait' },
  { from: 'hugo', to: 'levain', answer: 'wait' },
  { from: 'hugo', to: 'atelier_brume', answer: 'wait' },
  { from: 'cretes', to: 'levain', answer: 'accept' },
]

/** What was published, oldest first. */
export const posts: readonly DemoPost[] = [
  {
    key: 'route',
    by: 'cretes',
    language: 'en',
    text: 'The ridge above the Eyrieux at dusk: nine kilometres, one spring, no hurry. The route is open from May to October. #walking #ardèche',
    pictures: [
      {
        scene: mountains({ ...dusk, seed: 4, roughness: 0.5 }),
        alt: 'Five ranges of hills one behind the other, dark blue in front and lilac behind, under a low sun',
      },
      {
        scene: mountains({ ...noon, seed: 11, roughness: 0.8 }),
        alt: 'The same valley at noon: green slopes, pale blue hills, a white sun',
      },
    ],
  },
  {
    key: 'fournee',
    by: 'levain',
    language: 'fr',
    products: [
      { key: 'miche', x: 0.27, y: 0.55 },
      { key: 'farine', x: 0.72, y: 0.55 },
      { key: 'brioche', x: 0.48, y: 0.74 },
    ],
    text: 'Première fournée de la semaine : seigle et petit épeautre, dix-huit heures de pousse. #pain #levain',
    pictures: [
      {
        scene: loaves({ cloth: '#c9b79c', wall: '#4b3a2f', light: '#ffd9a0', seed: 3, crust: '#c07a35' }),
        alt: 'Cinq pains ronds et ovales, entaillés, sur un drap de lin clair',
      },
    ],
  },
  {
    key: 'email',
    by: 'atelier_brume',
    language: 'fr',
    products: [{ key: 'vase', x: 0.2, y: 0.6 }],
    text: 'Quatre essais d’émail sortis du four ce matin. Lequel garderiez-vous pour la nouvelle série ? #céramique',
    pictures: [
      {
        scene: bowls({
          cloth: '#8c7b6b',
          wall: '#37474f',
          light: '#cfe3e0',
          seed: 8,
          glazes: ['#2f6f73', '#d9c7a3', '#a14f3c', '#3c4a6b'],
        }),
        alt: 'Quatre vases ronds côte à côte : vert d’eau, sable, brique et bleu nuit',
      },
    ],
  },
  { key: 'reponse', by: 'lea', language: 'fr', text: 'Le vert d’eau, sans hésiter ! @atelier_brume', replyTo: 'email' },
  {
    key: 'aube',
    by: 'cretes',
    language: 'en',
    text: 'Worth the alarm clock.',
    pictures: [
      {
        scene: mountains({ ...dawn, seed: 21, roughness: 0.35 }),
        alt: 'Soft pink hills at dawn, a pale sun just above them',
      },
    ],
  },
  {
    key: 'bols',
    by: 'atelier_brume',
    language: 'fr',
    text: 'La série « brume », enfin complète.',
    pictures: [
      {
        scene: bowls({
          cloth: '#d6cfc4',
          wall: '#b7a99a',
          light: '#fff7e6',
          seed: 15,
          glazes: ['#e8e2d6', '#9fb1ad', '#6f8a86', '#c7b8a3', '#40514e'],
        }),
        alt: 'Cinq pots du blanc au gris-vert foncé sur une table claire',
      },
      {
        scene: bowls({ cloth: '#5b5148', wall: '#2a2522', light: '#c98f5a', seed: 27, glazes: ['#7b3f2a', '#c98f5a'] }),
        alt: 'Deux pots brun-rouge et miel dans la pénombre',
      },
    ],
  },
  {
    key: 'equipe',
    by: 'levain',
    language: 'fr',
    visibility: 'followers',
    text: 'Pour les gens qui nous suivent : samedi, on goûte la brioche au safran avant tout le monde.',
    pictures: [
      {
        scene: loaves({ cloth: '#a7b0a1', wall: '#3a4038', light: '#f6e7b4', seed: 33, crust: '#d79a3c' }),
        alt: 'Des brioches dorées sur un torchon vert pâle',
      },
    ],
  },
  {
    key: 'merci',
    by: 'tom',
    language: 'en',
    text: 'I walked it last week: the spring is exactly where you said. Thank you @cretes',
    replyTo: 'route',
  },
]

/** Who likes and who boosts what. */
export const reactions: readonly Readonly<{ by: string; kind: 'like' | 'boost'; post: string }>[] = [
  { by: 'lea', kind: 'like', post: 'route' },
  { by: 'lea', kind: 'like', post: 'email' },
  { by: 'levain', kind: 'boost', post: 'email' },
  { by: 'tom', kind: 'like', post: 'aube' },
  { by: 'atelier_brume', kind: 'like', post: 'fournee' },
  { by: 'cretes', kind: 'boost', post: 'bols' },
]
