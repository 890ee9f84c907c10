// Keeps a conversation while one goes from page to page of a site in one tab, if the owner chose that. It is told to nobody.

const KEY = "rls-assistant";

/** Have a conversation show again what was asked in this tab before, and keep what is asked from now on. */
export function keep(conversation) {
  const { post, report } = conversation;
  const turns = read(); // [question, answer as text, its language]
  const again = [...turns]; // those that are still to be shown

  conversation.report = (type, detail) => again.length || report(type, detail); // they were told of already

  conversation.post = async (request) => {
    if (again.length) {
      const [, answer, spoken] = again.shift();
      return new Response(answer, { headers: { "content-language": spoken } });
    }
    const response = await post(request);
    if (response.ok) {
      turns.push([JSON.parse(request.body).turns.at(-1), await response.clone().text(), response.headers.get("content-language") || ""]);
      write(turns);
    }
    return response;
  };

  again.forEach(([question]) => conversation.ask(question));
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || [];
  } catch {
    return [];
  }
}

function write(turns) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(turns));
  } catch { /* a browser that keeps nothing here, or no room: the conversation goes on */ }
}
