import { french } from '#src/core/i18n.ts'
import type { RegistrationMessages } from '../en/registrations.ts'

/** Making an account of one's own, in French. */
export const registrations: RegistrationMessages = {
  signUp: {
    title: (instance) => `Rejoindre ${instance}`,
    lead: 'Il vous faut un identifiant, par lequel on vous trouve, et une adresse à laquelle nous enverrons un lien.',
    approvalLead: 'Chaque demande est lue par les responsables de ce lieu. Dites-leur en quelques mots qui vous êtes.',
    handle: 'Votre identifiant',
    reason: french`Pourquoi souhaitez-vous nous rejoindre ?`,
    reasonHint: 'Lu par les responsables de ce serveur, par personne d’autre.',
    rules: 'Les règles d’ici',
    terms: 'Conditions d’utilisation',
    agree: 'J’accepte les règles et les conditions de ce serveur',
    agreeNeeded: 'Il faut les accepter pour nous rejoindre.',
    submit: 'Créer mon compte',
    approvalSubmit: 'Demander à rejoindre',
    haveLogin: french`Vous avez déjà un accès ici ?`,
    signIn: 'Se connecter',
    offer: 'Créer un compte',
    noLogin: french`Pas encore d’accès ici ?`,
    closedTitle: 'On vient ici sur invitation',
    closedText:
      'On ne peut pas créer de compte soi-même sur ce serveur. Demandez une invitation à une personne qui s’y trouve.',
  },
  signUpWaiting: {
    confirmTitle: 'Consultez votre messagerie',
    confirmText: (email) =>
      french`Un message est en route vers ${email}. Ouvrez le lien qu’il contient dans les deux jours : d’ici là, personne ne vous trouve ici.`,
    notThere: french`Rien n’arrive ? Regardez aussi parmi les indésirables. Le message peut être envoyé de nouveau, ou à une autre adresse.`,
    email: 'Adresse e-mail',
    again: 'Envoyer de nouveau',
    sent: 'Le message est en route.',
    approvalTitle: 'Votre demande est à l’étude',
    approvalText: (email) =>
      `Votre adresse est confirmée. Les responsables de ce serveur décident maintenant, et ${email} recevra un message quand l’accès vous sera ouvert.`,
    handle: (handle) => `D’ici là, l’identifiant ${handle} vous est réservé.`,
  },
  signUpConfirm: {
    title: 'Une dernière étape',
    text: (email, handle) => french`Votre adresse est-elle bien ${email}, et voulez-vous être ${handle} ?`,
    submit: 'Oui, je confirme',
    notYou: french`Cela ne vous dit rien ? Fermez la page : rien ne se fera sans vous.`,
    done: 'Votre adresse est confirmée. Vous pouvez vous connecter, ici et dans votre application.',
    overTitle: 'Ce lien n’est plus valable',
    overText: french`Il a servi, a expiré, ou un message plus récent a été envoyé. Si votre adresse est déjà confirmée, connectez-vous. Si elle ne l’est pas, connectez-vous aussi : vous pourrez demander un nouveau lien.`,
    taken: french`Entre-temps, cette adresse ou cet identifiant appartient à quelqu’un ici. Si c’est vous, connectez-vous ; sinon, recommencez avec d’autres.`,
  },
}
