// The words of overlays. A language that is not here is English.
const TEXTS = {
  en: { sent: "sent", goal: "Goal", viewers: "watching", likes: "likes", top: "Top gifters", follower: "New follower", nobody: "be the first", earlier: "earlier", gift: "a gift", diamonds: "diamonds" },
  de: { sent: "schenkt", goal: "Ziel", viewers: "schauen zu", likes: "Likes", top: "Top-Schenker", follower: "Neuer Follower", nobody: "sei die erste Person", earlier: "vorher", gift: "ein Geschenk", diamonds: "Diamanten" },
  es: { sent: "envió", goal: "Meta", viewers: "espectadores", likes: "me gusta", top: "Más regalos", follower: "Nuevo seguidor", nobody: "sé el primero", earlier: "antes", gift: "un regalo", diamonds: "diamantes" },
  fr: { sent: "a envoyé", goal: "Objectif", viewers: "spectateurs", likes: "j’aime", top: "Top cadeaux", follower: "Nouvel abonné", nobody: "sois le premier", earlier: "avant", gift: "un cadeau", diamonds: "diamants" },
  pt: { sent: "enviou", goal: "Meta", viewers: "assistindo", likes: "curtidas", top: "Mais presentes", follower: "Novo seguidor", nobody: "seja o primeiro", earlier: "antes", gift: "um presente", diamonds: "diamantes" },
};

export const LANGUAGES = Object.keys(TEXTS);

export function texts(language) {
  return TEXTS[language] ?? TEXTS.en;
}
