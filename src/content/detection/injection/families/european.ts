import { strong, telling, weak } from '../evidence.ts';
import type { Wording } from '../phrase.ts';
import { wordings } from './wording.ts';

/** German, French, Spanish, Italian, Portuguese, Dutch, Russian, Polish, Turkish: what a model is told to drop, be or hide. */
const german: readonly Wording[] = [
  ...wordings('override', strong, [
    'ignoriere|ignorieren|ignorier|vergiss|vergessen|missachte|missachten|verwirf|übergehe|überschreibe|umgehe [sie|alle|deine|die|ihre|jegliche|bitte|sämtliche|nun|jetzt|bisherigen|vorherigen] vorherigen|bisherigen|früheren|vorigen|obigen|ursprünglichen|vorangegangenen|deine|ihre|systemseitigen [systemanweisungen|und|system] anweisung*|regel*|befehl*|instruktion*|vorgaben|richtlinien|anordnungen|systemprompt|systemvorgaben',
  ]),
  ...wordings('override', telling, [
    'ignoriere|vergiss|ignorieren|vergessen|missachte [sie|bitte] alles|alle|sämtliche ... davor|zuvor|bisher|vorher|oben|gesagt*|anweisungen|regeln',
  ]),
  ...wordings('new_task', telling, [
    'ab|von [jetzt|sofort|nun] jetzt|sofort|nun|an bist|wirst|sollst|antwortest|handelst|musst|an [du|sie]',
    'deine|ihre [neue|eigentliche|wahre|einzige|nächste] neue|eigentliche|wahre|einzige|nächste aufgabe|anweisung*|rolle|mission|ziel',
    'bevor du|sie ... antwort*|aufgabe|anfrage|fortfährst',
    'befolge|befolgen|führe [sie|nur|ausschließlich|stattdessen|strikt] folgende*|diese ... anweisung*|befehl*|schritte',
  ]),
  ...wordings('persona', telling, [
    'du|sie bist|sind [jetzt|nun|ein|eine|ab] jetzt|nun|administrator|entwickler|uneingeschränkt*|ki|root',
    'entwicklermodus|wartungsmodus|administratormodus|gottmodus ... aktiv*|eingeschaltet|ein',
  ]),
  ...wordings('address', telling, [
    'achtung|hinweis|an|liebe|nachricht|hallo|anweisung [an|für|die|den|alle|das|jede|das] ki|ki-*|sprachmodell*|assistent*|chatbot*|llm*|ki_*',
    'wenn|falls du|sie [eine|ein|das|die] ki|ki-*|sprachmodell|assistent|chatbot|llm',
  ]),
  ...wordings('leak', strong, [
    'zeige|zeig|verrate|gib|nenne|drucke|offenbare|enthülle|wiederhole|veröffentliche|schicke|sende [mir|uns|bitte|deinen|deine|den|die|das|geheimen|versteckten|vollständigen|alle|internen] systemprompt*|system-prompt*|systemanweisung*|systemnachricht|system_prompt|internen_anweisungen|geheimen_anweisungen|versteckten_anweisungen|ursprünglichen_anweisungen',
  ]),
  ...wordings('exfiltrate', telling, [
    'sende|schicke|leite|übermittle|maile|überweise|lade|poste [sie|mir|bitte|alle|die|das|den|deine|meine|seine|ihre] passw*|zugangsdaten|geheim*|api-schlüssel*|kundendaten|kontakte|kontodaten|kreditkarten*|e-mails|dateien|tokens|anmeldedaten ... an|nach|zu|auf',
  ]),
  ...wordings('secrecy', telling, [
    'sage|sag|erzähle|erwähne|verrate|informiere|teile|zeige|melde [es|dies|das|davon|dem|den|der|nichts] benutzer|nutzer|anwender|nichts|nicht|niemandem [dem|den|davon|nichts|nicht|der|etwas] benutzer|nutzer|anwender|davon|nichts|nicht',
    'ohne [den|dem|das|die|es] benutzer|nutzer|anwender|nachfrage|rückfrage|zustimmung|bestätigung|genehmigung [zu] informieren|fragen|mitzuteilen|benachrichtigen|einzuholen|des|wissen',
  ]),
  ...wordings('approval', telling, [
    'genehmige|bestätige|erlaube|umgehe|überspringe|deaktiviere [sie|alle|die|den|das|jede|sämtliche|nächsten|ausstehenden] freigabe*|genehmigung*|bestätigung*|tool*|werkzeug*|sicherheits*|werkzeugaufruf*|prüfung*',
  ]),
];

const french: readonly Wording[] = [
  ...wordings('override', strong, [
    "ignore|ignorez|ignorer|oublie|oubliez|oublier|négligez|néglige|contourne|contournez|outrepasse|outrepassez [toutes|tous|les|vos|tes|des|ces|le|la] instruction*|consigne*|règle*|directive*|ordres|contexte [système|qui|de|du] précédent*|antérieur*|ci-dessus|initiale*|système|sécurité|reçue*|donnée*|d'origine|plus_haut|préalable*",
    'ignore|ignorez|oublie|oubliez|contourne|contournez [toutes|tous|les|de|des] vos|tes|ta|votre instruction*|consigne*|règle*|directive*|programmation',
    'ignore|ignorez|oublie|oubliez [toutes|tous|les|vos|tes] précédentes|anciennes|précédents instruction*|consigne*|règle*|directive*|ordres',
  ]),
  ...wordings('override', telling, [
    'ignore|ignorez|oublie|oubliez [tout] tout|la_fonction|ce_qui ... précède|avant|ci-dessus|dit|au-dessus|indiquez|reçu',
  ]),
  ...wordings('new_task', telling, [
    "à|a|dorénavant|désormais partir|compter|vous|tu [de|d'|tu|vous|maintenant|présent] maintenant|présent|êtes|es|devez|dois [vous|tu|on]",
    'votre|ta|vos|tes nouvelle*|véritable|vraie|seule|prochaine tâche|mission|instruction*|rôle|objectif',
    'avant_de|avant_que [pouvoir|de|vous|tu] répondre|résoudre|continuer|terminer|faire|puissiez',
    'suivez|suis|exécute|exécutez|obéissez|respecte* [uniquement|strictement|plutôt|à|aux|les|ces|cette] instruction*|consigne*|ordres|directive* suivante*|suivants|ci-dessous',
  ]),
  ...wordings('persona', telling, [
    "vous|tu êtes|es [maintenant|désormais|un|une|l'] maintenant|désormais|administrateur|développeur|ia|sans_restriction*|root",
    'mode développeur|administrateur|maintenance|débogage|dieu [est] activ*|sans|enabled|on',
  ]),
  ...wordings('address', telling, [
    "attention|note|message|cher|chère|à|avis|bonjour|instruction* [à|pour|aux|l'|les|le|au|tous|de|toute] ia|intelligence_artificielle|assistant*|modèle_de_langage|chatbot*|llm*|agent_ia|agents_ia",
    "si vous|tu êtes|es [une|un|l'] ia|intelligence|assistant|modèle|llm|chatbot",
  ]),
  ...wordings('leak', strong, [
    'révèle|révélez|affiche|affichez|montre|montrez|donne|donnez|répète|répétez|divulgue|divulguez|imprime|imprimez|envoie|envoyez|dévoile* [moi|nous|le|la|les|vos|tes|ton|votre|invite|message|instructions|tout|prompt|consignes|-moi] système|prompt_système|prompt|invite_système|instructions_système|instructions_internes|instructions_cachées|consignes_cachées|secret*_système|prompt_initial',
  ]),
  ...wordings('exfiltrate', telling, [
    'envoie|envoyez|transmets|transmettez|transfère|transférez|expédie|publie|publiez|partage|partagez [les|le|la|tous|toutes|moi|vos|tes|des|ses] mots|mot|identifiants|secrets|clés|clé|données|contacts|e-mails|emails|courriels|fichiers|jetons|coordonnées ... à|vers|au|sur',
  ]),
  ...wordings('secrecy', telling, [
    'ne [le|la|les|lui|pas|en|jamais] dis|dites|mentionne|mentionnez|informe|informez|préviens|prévenez|révèle|révélez|parle|parlez|avertissez|signalez ... utilisateur*|usager*|personne|propriétaire',
    "sans [en|que|le|l'|rien|demander|en_informer|avertir|prévenir|informer|dire|à] informer|avertir|prévenir|confirmation|autorisation|utilisateur|demander|dire|approbation",
  ]),
  ...wordings('approval', telling, [
    "approuve|approuvez|approuver|autorise|autorisez|valide|validez|contourne|contournez|désactive|désactivez|acceptez [les|la|le|tous|toutes|l'|des|prochain*|vos|tout] outils|outil|appel*|demande*|approbation*|autorisation*|confirmation*|vérification*|validation*|filtre*|sécurité|action*|permission*|transaction*",
  ]),
];

const spanish: readonly Wording[] = [
  ...wordings('override', strong, [
    'ignora|ignore|ignorar|ignoren|olvida|olvide|olvidar|omite|omita|desestima|descarta|descarte|anula|anule [todas|todos|las|los|tus|sus|el|la|cualquier|estas] instruccion*|reglas|órdenes|directrices|indicaciones|contexto|directivas|normas [del|de|que] anteriores|previas|anterior|previos|sistema|iniciales|originales|recibi*|seguridad|precedentes|arriba',
    'ignora|ignore|olvida|olvide|descarta|omite [todas|todos|las|los] tus|sus|anteriores|previas|antiguas instruccion*|reglas|órdenes|directrices|indicaciones|programación',
  ]),
  ...wordings('override', telling, [
    'ignora|ignore|olvida|olvide todo|todo_lo|lo ... anterior|antes|arriba|dicho|previo',
  ]),
  ...wordings('new_task', telling, [
    'a_partir_de|desde|de ahora|este|hoy ... eres|serás|debes|actúa|actúas|responde|responderás|usted',
    'tu|su nueva|verdadera|única|próxima|nuevo|verdadero|real tarea|misión|instrucción|rol|objetivo|instrucciones',
    'antes_de [poder|que] responder|resolver|continuar|completar|contestar|puedas',
    'sigue|siga|ejecuta|ejecute|obedece|cumple [estas|las|solo|estrictamente|únicamente|la] siguientes|nuevas|instrucciones [instruccion*|órdenes] instruccion*|órdenes|pasos|siguientes|indicaciones',
  ]),
  ...wordings('persona', telling, [
    'ahora|tú|usted eres|es [ahora|un|una|el] ahora|administrador|un|una|desarrollador|dan|ia|root',
    'modo desarrollador|administrador|mantenimiento|dios|depuración [está] activ*|sin|habilitado',
    'eres ahora|administrador|un_administrador|root|una_ia_sin*',
  ]),
  ...wordings('address', telling, [
    'atención|nota|mensaje|estimado|querido|hola|aviso|instrucción|instrucciones [a|para|la|el|los|al|las|todos|de|todas] ia|inteligencia_artificial|asistente*|modelo_de_lenguaje|chatbot*|llm*|agente_de_ia|agentes_de_ia',
    'si eres|usted_es [una|un|el|la] ia|inteligencia|asistente|modelo|llm|chatbot',
  ]),
  ...wordings('leak', strong, [
    'revela|revele|revelar|muestra|muestre|mostrar|imprime|imprima|dime|dame|repite|repita|divulga|envía|envíe|comparte [me|el|la|los|las|tu|tus|su|sus|prompt|mensaje|instrucciones|todo|completo|indicaciones|oculto|oculta] sistema|del_sistema|de_sistema|prompt|instrucciones_ocultas|instrucciones_internas|instrucciones_iniciales|prompt_oculto|indicaciones_internas',
  ]),
  ...wordings('exfiltrate', telling, [
    'envía|envíe|enviar|manda|mande|reenvía|reenvíe|transmite|publica|comparte|sube|exporta [me|las|los|el|la|todas|todos|tus|sus|mis|lista|de] contraseñas|contraseña|credenciales|secretos|claves|clave|datos|contactos|correos|archivos|tokens|tarjetas ... a|al|hacia|en',
  ]),
  ...wordings('secrecy', telling, [
    'no [se|le|lo|nunca|les] digas|diga|menciones|mencione|informes|informe|avises|avise|reveles|revele|cuentes|notifiques|notifique ... usuario*|nadie|dueño|propietario|cliente',
    'sin [que|el|al|la|decir|decirle|pedir] informar|avisar|notificar|confirmación|permiso|autorización|usuario|preguntar|aprobación|decirle',
  ]),
  ...wordings('approval', telling, [
    'aprueba|apruebe|aprobar|autoriza|autorice|acepta|acepte|omite|omita|desactiva|desactive|elude|salta|confirma [las|los|la|el|todas|todos|próxima|siguiente|cualquier] herramientas|herramienta|llamada*|solicitud*|aprobación|autorización|confirmación|verificación|acciones|permisos|filtros|seguridad|transacciones',
  ]),
];

const italian: readonly Wording[] = [
  ...wordings('override', strong, [
    'ignora|ignorate|ignorare|dimentica|dimenticate|trascura|scarta|annulla|aggira [tutte|tutti|le|gli|i|tue|vostre|il|la|qualsiasi|queste] istruzioni|regole|ordini|direttive|indicazioni|contesto|comandi [di|del|che] precedenti|precedente|sistema|iniziali|originali|ricevut*|sopra|sicurezza',
    'ignora|ignorate|dimentica|dimenticate|scarta [tutte|tutti|le|gli|i] tue|vostre|precedenti istruzioni|regole|ordini|direttive|indicazioni',
  ]),
  ...wordings('override', telling, [
    'ignora|ignorate|dimentica|dimenticate tutto|quanto|tutto_ciò ... sopra|prima|detto|precede*',
  ]),
  ...wordings('new_task', telling, [
    "da|d'ora [ora|questo|adesso|in|momento] poi|avanti|momento ... sei|devi|sarai|agisci|rispondi",
    'la_tua|il_tuo|le_tue nuova|nuovo|vero|vera|unico|unica|nuove compito|missione|istruzion*|ruolo|obiettivo',
    'prima_di [poter] rispondere|risolvere|continuare|completare|procedere',
    'segui|seguite|esegui|eseguite|obbedisci [solo|queste|le|rigorosamente|esclusivamente] seguenti|nuove|istruzioni [istruzion*] istruzion*|ordini|passi|seguenti',
  ]),
  ...wordings('persona', telling, [
    'ora|tu|adesso sei [ora|adesso|un|una] ora|adesso|un|una|amministratore|sviluppatore|dan',
    'modalità sviluppatore|amministratore|manutenzione|debug|dio [è] attiv*|senza|abilitata',
    "sei ora|adesso|un_amministratore|amministratore|un'ia_senza*",
  ]),
  ...wordings('address', telling, [
    "attenzione|nota|messaggio|caro|cara|ciao|avviso|istruzion* [a|per|l'|il|al|all'|gli|tutti|alla|agli] ia|ai|intelligenza_artificiale|assistente|modello_linguistico|chatbot|llm|assistenti|agente_ia|agenti_ia",
    "se sei [un|una|l'|un'] ia|intelligenza|assistente|modello|llm|chatbot",
  ]),
  ...wordings('leak', strong, [
    'rivela|rivelate|mostra|mostrate|mostrami|stampa|dimmi|dammi|ripeti|divulga|invia|condividi [il|la|le|i|tuo|tue|tuoi|prompt|messaggio|istruzioni|tutto|completo|nascosto] sistema|di_sistema|del_sistema|prompt|istruzioni_nascoste|istruzioni_interne|istruzioni_iniziali|prompt_nascosto',
  ]),
  ...wordings('exfiltrate', telling, [
    "invia|inviate|manda|mandate|inoltra|inoltrate|trasmetti|pubblica|condividi|carica|esporta [le|i|il|la|tutte|tutti|tue|gli|mie|lista] password|credenziali|segreti|chiavi|chiave|dati|contatti|email|e-mail|file|token|carte ... a|al|all'|verso|su",
  ]),
  ...wordings('secrecy', telling, [
    'non [lo|mai|ne|glielo] dire|dirlo|menzionare|informare|avvisare|rivelare|parlare|segnalare|notificare ... utente|utenti|nessuno|proprietario|cliente',
    "senza [che|l'|dire|chiedere|alcuna] informare|avvisare|conferma|permesso|autorizzazione|utente|chiedere|approvazione|notificare",
  ]),
  ...wordings('approval', telling, [
    'approva|approvate|autorizza|autorizzate|accetta|conferma|salta|ignora|disattiva|disabilita|aggira [le|la|il|i|gli|tutte|tutti|prossima|qualsiasi] strumenti|strumento|chiamat*|richiest*|approvazion*|autorizzazion*|conferma|conferme|verific*|azioni|permessi|filtri|sicurezza|transazioni',
  ]),
];

const portuguese: readonly Wording[] = [
  ...wordings('override', strong, [
    'ignore|ignora|ignorar|esqueça|esquece|esquecer|desconsidere|desconsidera|descarte|anule|contorne [todas|todos|as|os|tuas|suas|o|a|quaisquer|estas] instruções|instrução|regras|ordens|diretrizes|orientações|contexto|comandos [do|de|que|da] anteriores|prévias|anterior|sistema|iniciais|originais|recebid*|acima|segurança',
    'ignore|ignora|esqueça|esquece|desconsidere [todas|todos|as|os] suas|tuas|anteriores|prévias instruções|regras|ordens|diretrizes|orientações',
  ]),
  ...wordings('override', telling, [
    'ignore|esqueça|esquece|desconsidere tudo|tudo_o ... acima|antes|dito|anterior*',
  ]),
  ...wordings('new_task', telling, [
    'a_partir_de|de agora|hoje ... você|tu|és|deve|aja|responda|em_diante',
    'sua|tua|seu|teu nova|novo|verdadeira|verdadeiro|única|próxima|real tarefa|missão|instrução|papel|objetivo|função|instruções',
    'antes_de [poder|você] responder|resolver|continuar|completar|prosseguir',
    'siga|segue|execute|executa|obedeça|cumpra [estas|as|apenas|estritamente|somente] seguintes|novas|instruções [instruções] instruções|ordens|passos|seguintes|comandos',
  ]),
  ...wordings('persona', telling, [
    'você|tu|agora é|és|você_é [agora|um|uma|o] agora|um|uma|administrador|desenvolvedor|dan|ia|root',
    'modo desenvolvedor|administrador|manutenção|deus|depuração [está] ativ*|sem|habilitado',
  ]),
  ...wordings('address', telling, [
    'atenção|nota|mensagem|caro|querido|olá|aviso|instrução|instruções [a|para|o|os|ao|à|todos|de|as] ia|inteligência_artificial|assistente*|modelo_de_linguagem|chatbot*|llm*|agente_de_ia|agentes_de_ia',
    'se você|tu é|és [uma|um|o] ia|inteligência|assistente|modelo|llm|chatbot',
  ]),
  ...wordings('leak', strong, [
    'revele|revela|revelar|mostre|mostra|mostrar|imprima|diga|repita|divulgue|envie|compartilhe|exiba [me|o|a|os|as|seu|sua|suas|teu|prompt|mensagem|instruções|tudo|completo|oculto] sistema|do_sistema|de_sistema|prompt|instruções_ocultas|instruções_internas|instruções_iniciais|prompt_oculto',
  ]),
  ...wordings('exfiltrate', telling, [
    'envie|envia|enviar|mande|manda|encaminhe|encaminha|transmita|publique|compartilhe|exporte [me|as|os|o|a|todas|todos|suas|meus|lista|de] senhas|senha|credenciais|segredos|chaves|chave|dados|contatos|e-mails|emails|arquivos|ficheiros|tokens|cartões ... para|a|ao|em',
  ]),
  ...wordings('secrecy', telling, [
    'não [o|lhe|nunca|os] diga|digas|conte|mencione|informe|avise|revele|notifique|fale ... usuário*|utilizador*|ninguém|proprietário|cliente',
    'sem [que|o|ao|dizer|pedir|qualquer] informar|avisar|notificar|confirmação|permissão|autorização|usuário|utilizador|perguntar|aprovação',
  ]),
  ...wordings('approval', telling, [
    'aprove|aprova|aprovar|autorize|autoriza|aceite|confirme|pule|ignore|desative|desativa|contorne [as|os|a|o|todas|todos|próxima|qualquer] ferramentas|ferramenta|chamada*|solicitaç*|pedidos|aprovaç*|autorizaç*|confirmaç*|verificaç*|ações|permissões|filtros|segurança|transações',
  ]),
];

const dutch: readonly Wording[] = [
  ...wordings('override', strong, [
    'negeer|negeren|vergeet|vergeten|omzeil|overschrijf|verwerp [alle|je|uw|jouw|de|eventuele|a.u.b|alstublieft|bovenstaande] vorige|eerdere|voorgaande|bovenstaande|oorspronkelijke|bestaande|jouw|je|uw [systeem] instructie*|regels|opdrachten|richtlijnen|aanwijzingen|bevelen|systeeminstructies|systeemprompt|context',
  ]),
  ...wordings('override', telling, [
    'negeer|vergeet alles|alle|wat ... hierboven|hiervoor|eerder|gezegd|voorafgaand*|instructies',
  ]),
  ...wordings('new_task', telling, [
    'vanaf nu|dit_moment|heden ben|bent|moet|zal|antwoord|handel',
    'je|jouw|uw nieuwe|echte|werkelijke|enige|volgende taak|opdracht|instructie*|rol|doel',
    'voordat je|u ... antwoord*|taak|verzoek|vraag|verder',
    'volg|voer [alleen|strikt|uitsluitend|deze|de|in_plaats] volgende|deze ... instructies|opdracht*|stappen',
  ]),
  ...wordings('persona', telling, [
    'je|jij|u bent [nu|een|de] nu|beheerder|een_beheerder|onbeperkte|ontwikkelaar|ai',
    'ontwikkelaarsmodus|beheerdersmodus|onderhoudsmodus ... actief|ingeschakeld|geactiveerd',
  ]),
  ...wordings('address', telling, [
    'let_op|opgelet|bericht|beste|hallo|notitie|instructie* [aan|voor|de|alle|het|elke] ai|ai-*|taalmodel*|assistent*|chatbot*|llm*',
    'als je|u [een|de|het] ai|ai-*|taalmodel|assistent|chatbot|llm [bent]',
  ]),
  ...wordings('leak', strong, [
    'onthul|toon|laat|geef|herhaal|druk|verklap|openbaar|stuur|print [me|mij|je|jouw|uw|de|het|volledige|verborgen|geheime|alle|interne] systeemprompt|systeeminstructies|systeembericht|systeem_prompt|interne_instructies|verborgen_instructies|geheime_instructies|oorspronkelijke_instructies',
  ]),
  ...wordings('exfiltrate', telling, [
    'stuur|verstuur|verzend|mail|e-mail|upload|deel|exporteer|plaats [me|mij|alle|de|het|je|jouw|mijn|zijn|haar] wachtwoord*|inloggegevens|geheimen|sleutels|api-sleutel*|klantgegevens|contacten|e-mails|bestanden|tokens|gegevens ... naar|aan|op',
  ]),
  ...wordings('secrecy', telling, [
    'vertel|zeg|meld|noem|informeer|waarschuw|laat|onthul [het|dit|de|niet|niets|aan|nooit] gebruiker|niet|niets|niemand [aan|de|het|over|hierover|weten] gebruiker|niet|niets|niemand',
    'zonder [de|het|dit|te|om|enige] gebruiker|toestemming|bevestiging|goedkeuring|medeweten|vragen [te|van|de] informeren|vragen|melden|gebruiker|vertellen',
  ]),
  ...wordings('approval', telling, [
    'keur|sta|omzeil|sla|schakel|bevestig|accepteer [de|het|alle|elke|volgende] goedkeuring*|tool*|toolaanro*|bevestiging*|verzoek*|beveiliging*|controle*|toestemming*|filters|gereedschap*|transacties ',
  ]),
];

const russian: readonly Wording[] = [
  ...wordings('override', strong, [
    'игнорируй|игнорируйте|проигнорируй|проигнорируйте|забудь|забудьте|отмени|отмените|пропусти|отбрось|обойди|нарушь [все|всё|свои|твои|ваши|эти|любые|мои] предыдущие|прежние|прошлые|предшествующие|вышеуказанные|изначальные|системные|свои|твои|ранее [полученные|системные|данные] инструкц*|правила|указания|команды|приказы|директивы|промпт*|ограничения|сообщения|настройки',
  ]),
  ...wordings('override', telling, [
    'игнорируй|игнорируйте|забудь|забудьте [про|обо] всё|все|всем|что ... выше|раньше|ранее|сказано|до_этого|прежде|инструкции',
  ]),
  ...wordings('new_task', telling, [
    'с этого|данного|настоящего момента|времени ... ты|вы|отвечай|действуй',
    'отныне ты|вы|всегда|твоя|отвечай',
    'твоя|ваша|твоё|твои|ваши|твой новая|новое|новые|настоящая|реальная|единственная|следующая|новый задача|задание|инструкци*|роль|цель|миссия',
    'прежде_чем|перед_тем [как|ты|вы] ... ответ*|выполн*|продолж*|решить',
    'следуй|следуйте|выполни|выполните|выполняй|исполни [только|строго|эти|этим|вместо|следующую] следующ*|этим|новым|новые [новым] инструкци*|указани*|команд*|приказ*|действия',
  ]),
  ...wordings('persona', telling, [
    'ты|вы теперь|отныне [—|-] ',
    'ты|вы [теперь|отныне|—] администратор|разработчик|неограниченный|root|без_ограничений|свободный',
    'режим разработчика|администратора|отладки|бога|обслуживания ... включ*|актив*|без',
  ]),
  ...wordings('address', telling, [
    'внимание|сообщение|обращение|уважаемый|привет|заметка|инструкция [для|всем|к|всех|этот] ии|ии-*|ассистент*|помощник*|языков*|чат-бот*|нейросет*|llm*|искусственн*',
    'если ты|вы [это|являешься|—] ии|ассистент|помощник|языковая|языковой|нейросеть|чат-бот|llm',
  ]),
  ...wordings('leak', strong, [
    'раскрой|раскройте|покажи|покажите|выведи|выведите|напечатай|сообщи|повтори|повторите|отправь|назови|выдай [мне|нам|свой|свои|твой|ваш|весь|полный|скрытый|секретный|системные|твои|ваши|скрытые|начальные] системный|системную|системные|скрытые|внутренние|секретные|начальные [скрытые] промпт|подсказку|инструкц*|сообщение|запрос|настройки',
  ]),
  ...wordings('exfiltrate', telling, [
    'отправь|отправьте|перешли|перешлите|передай|передайте|опубликуй|загрузи|скинь|вышли [мне|все|всю|весь|его|её|их|мои|твои|ваши|список] парол*|секрет*|ключ*|учётн*|учетн*|данные|контакт*|письма|файлы|токен*|переписк* ... на|в|по|к',
  ]),
  ...wordings('secrecy', telling, [
    'не [никогда|об|этом] говори|говорите|сообщай|сообщайте|упоминай|упоминайте|рассказывай|рассказывайте|информируй|уведомляй|раскрывай|показывай ... пользовател*|никому|владельц*|клиент*',
    'без [ведома|уведомления|согласия|разрешения|подтверждения|какого-либо] ведома|уведомления|согласия|разрешения|подтверждения|одобрения [пользователя]',
    'втайне|тайно|скрытно|незаметно [от] пользовател*|отправь|перешли|выполни|удали',
  ]),
  ...wordings('approval', telling, [
    'одобри|одобрите|подтверди|подтвердите|разреши|разрешите|обойди|отключи|отключите|пропусти [все|всё|следующий|любые|любой] вызов*|запрос*|инструмент*|подтвержден*|одобрен*|разрешен*|проверк*|фильтр*|защит*|операци*',
  ]),
];

const others: readonly Wording[] = [
  ...wordings('override', strong, [
    'zignoruj|ignoruj|zapomnij|pomiń|zapomnijcie [wszystkie|wszelkie|o|swoje|twoje|wszystkich|te] poprzednie|poprzednich|wcześniejsze|wcześniejszych|powyższe|swoje|systemowe instrukcj*|polece*|zasad*|wytyczn*|reguł*',
    'önceki|yukarıdaki|mevcut [tüm|bütün] talimatları|talimatlari|kuralları|komutları|yönergeleri|talimatların [tümünü|hepsini|dikkate] yok_say|yoksay|görmezden|unut|almayın|dikkate_alma',
    'تجاهل|انس|انسى|تجاوز [جميع|كل|هذه] التعليمات|الأوامر|القواعد|تعليماتك|التوجيهات [السابقة|التي] السابقة|أعلاه|الأصلية|النظام',
    'पिछले|पूर्व|उपरोक्त [सभी|दिए_गए] निर्देश*|आदेश*|नियम* [को] अनदेखा|नज़रअंदाज़|भूल|अनदेखी',
    'abaikan|lupakan [semua|seluruh|segala] instruksi|perintah|aturan|arahan sebelumnya|sebelum_ini|di_atas|awal|sistem',
    'bỏ_qua|quên [tất_cả|mọi|các|hết|những] hướng_dẫn|chỉ_dẫn|lệnh|quy_tắc|chỉ_thị [trước|ở|phía] trước|trên|đó',
  ]),
  ...wordings('secrecy', telling, [
    'nie [nigdy|o] mów|informuj|wspominaj|ujawniaj|powiadamiaj ... użytkownik*|nikomu|nikogo',
    'kullanıcıya|kullaniciya [bunu|hiçbir|bundan] söyleme|bildirme|bahsetme|belirtme',
    'لا تخبر|تذكر|تقل|تبلغ|تكشف ... المستخدم|للمستخدم|لأحد|أحد',
  ]),
  ...wordings('persona', weak, [
    'od_teraz jesteś|będziesz',
    'artık sen|bir ... yapay|asistan|yönetici',
    'أنت الآن',
  ]),
];

export const european: readonly Wording[] = [
  ...german,
  ...french,
  ...spanish,
  ...italian,
  ...portuguese,
  ...dutch,
  ...russian,
  ...others,
];
