import { formatIn, french, pluralize } from '#src/core/i18n.ts'
import type { PostMessages } from '../en/posts.ts'
import { de, que } from './elision.ts'

const number = formatIn('fr').number

/** Posts, in French: reading one, writing one. */
export const posts: PostMessages = {
  post: {
    by: (name) => `Publication ${de(name)}`,
    titled: (name, excerpt) => french`${name} : « ${excerpt} »`,
    edited: (when) => `Modifiée ${when}`,
    reactions: 'Réactions',
    reactedBy: (count) =>
      pluralize('fr', count, { one: `${number(count)} personne`, other: `${number(count)} personnes` }),
    likes: (count) => `${number(count)} j’aime`,
    boosts: (count) => pluralize('fr', count, { one: `${number(count)} partage`, other: `${number(count)} partages` }),
    replies: (count) =>
      pluralize('fr', count, {
        zero: 'Pas encore de réponse',
        one: `${number(count)} réponse`,
        other: `${number(count)} réponses`,
      }),
    like: 'J’aime',
    unlike: 'Retirer le j’aime',
    boost: 'Partager',
    unboost: 'Retirer le partage',
    inAnswerTo: (name) => `En réponse à ${name}`,
    elsewhereTitle: 'Répondre depuis votre serveur',
    elsewhereText: french`Collez ce lien dans la recherche de votre application, puis répondez là-bas :`,
    original: (host) => `Voir l’original sur ${host}`,
    edit: 'Modifier',
    delete: 'Supprimer',
    deleteTitle: french`Supprimer cette publication ?`,
    deleteText:
      'Elle disparaît d’ici, et les serveurs qui l’ont reçue sont priés de la retirer. On ne pourra pas la rétablir.',
    deleteConfirm: 'Supprimer',
    warning: 'Avertissement',
    showText: 'Lire quand même',
    linked: french`Page en lien :`,
    pinned: 'Épinglée',
    filtered: (titles) => french`Filtre : ${titles}`,
  },
  visibility: {
    public: { name: 'Tout le monde', hint: 'Sur votre profil, à l’accueil, et trouvable par mots-clés.' },
    unlisted: {
      name: 'Tout le monde, discrètement',
      hint: 'Sur votre profil, mais ni à l’accueil ni sous les mots-clés.',
    },
    followers: { name: 'Abonnés', hint: 'Seulement les personnes que vous avez acceptées.' },
    direct: { name: 'Personnes nommées', hint: 'Seulement celles que vous mentionnez avec @.' },
  },
  compose: {
    title: 'Nouvelle publication',
    editTitle: 'Modifier la publication',
    postingAs: 'Vous publiez en tant que',
    pictures: 'Images',
    choose: 'Choisir des images',
    drop: 'ou déposez-les ici, ou collez-les',
    limits: (count, megabytes) =>
      french`Jusqu’à ${count}, de ${megabytes} Mo chacune. Le lieu et les données de l’appareil en sont effacés.`,
    picture: (index) => `Image ${index}`,
    another: 'D’autres images',
    alt: 'Description',
    altHint: french`Que voit-on ? Pour les personnes qui ne voient pas l’image.`,
    moveUp: (index) => `Avancer l’image ${index}`,
    moveDown: (index) => `Reculer l’image ${index}`,
    remove: (index) => `Retirer l’image ${index}`,
    removeStored: 'Retirer cette image',
    text: 'Texte',
    textHint: 'Les liens, #mots-clés et @mentions fonctionnent comme d’habitude.',
    audience: 'Qui peut la voir',
    more: 'Avertissement, citations, langue',
    warning: 'Avertissement',
    warningHint: french`Cette ligne s’affiche d’abord ; la suite s’ouvre à la demande.`,
    sensitive: 'Couvrir les images tant qu’on ne demande pas à les voir',
    language: 'Langue du texte',
    submit: (name) => `Publier en tant ${que(name)}`,
    save: 'Enregistrer les modifications',
    altMissing: 'Il reste une image sans description. Ajoutez-la, ou publiez de nouveau pour vous en passer.',
    tooMany: (count) => `Seules les ${count} premières images ont été retenues.`,
    tooLarge: (megabytes) => french`Laissé de côté, car plus lourd que ${megabytes} Mo :`,
    notPicture: french`Laissé de côté, car illisible comme image :`,
    unreadable: 'Pas d’aperçu',
  },
}
