import { type ReadFeatures, readFeatures } from './read-features.ts';

/**
 * What English letters begin and end with, whoever writes them: that two of them share it says nothing. A phrase is here
 * only when it carries nothing.
 */
const courtesies = `
I hope this email finds you well.
I hope this message finds you well.
I hope you are doing well. I hope you're doing well. I hope all is well with you.
I am writing to provide you with a summary of. I'm writing to let you know that. I am writing to inform you that.
Just wanted to let you know that. I wanted to let you know that. I just wanted to follow up on.
Please let me know if you have any questions. Please let me know if you need anything else.
Let me know if you have any other questions or concerns. Let me know if you have any questions or need anything else.
Let me know if you need any further information. Let me know if you need any additional information.
Let me know if you need any more information. Let me know if you need any more details.
Let me know if you need any further details. Let me know if you need any additional details.
Let me know if you need any help with. Let me know if you need any other help. Let me know if you need any assistance.
Let me know if you would like me to. Let me know if you'd like me to. Let me know if you can make it.
Let me know if there is anything else I can do for you. Let me know if there is anything else you need.
Let me know if there's anything else you need. Let me know if anything changes. Let me know what you think.
Let me know if this works for you. Let me know if that works for you. Let me know if you need me to.
If you have any questions, please let me know. If you have any questions or need any further information.
If you have any questions or concerns, please don't hesitate to. If you have any further questions, feel free to.
If you have any questions or need further assistance, please feel free to reach out.
If you have any questions or need any additional information. If you have any questions or need further clarification.
If you need any further information. If you need any assistance. If there is anything else you need.
Please do not hesitate to contact me. Please don't hesitate to reach out to me. Please do not hesitate to reach out.
Please feel free to contact me if you have any questions. Feel free to reach out if you have any questions.
Please find attached the. Please find below the. Please see the attached. As we discussed in the. As per your request.
Thank you for your time. Thank you for your help. Thank you for your email. Thank you for your message.
Thank you very much for your. Thank you so much for your. Thank you in advance for your. Thank you for your understanding.
Thank you for your attention to this matter. Thank you for your cooperation. Thank you for reaching out to us.
Thanks for reaching out. Thanks for letting me know. Thanks a lot for your help. Thanks again for all your help.
I look forward to hearing from you soon. I look forward to seeing you. Looking forward to hearing from you.
Looking forward to seeing you there. Looking forward to seeing you all. Looking forward to meeting you.
We look forward to hearing from you. We look forward to seeing you. Looking forward to working with you.
It was great to see you. It was great to hear from you. It was nice to meet you. See you soon. Talk to you soon.
At your earliest convenience. As soon as possible. Have a great day. Have a nice day. Have a great weekend.
Hope to see you there. Hope you have a great day. Take care and see you soon. Best wishes and kind regards.
In case you have any questions. We apologize for any inconvenience. Sorry for any inconvenience this may have caused.
`;

/** Like a text that may be passed on. */
export const passableCourtesies: ReadFeatures = readFeatures(courtesies);
