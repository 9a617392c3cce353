// Moves the demonstration's clock and shows what it says. Phone and queue notice by themselves.

const form = document.querySelector("form.clock");
const now = document.getElementById("now");
const buttons = form.querySelectorAll("button");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const by = event.submitter?.value ?? buttons[0].value;
  for (const button of buttons) button.disabled = true;
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ by }),
    });
    if (!response.ok) throw new Error(String(response.status));
    now.textContent = (await response.json()).now;
  } catch {
    now.textContent = form.dataset.failed;
  } finally {
    for (const button of buttons) button.disabled = false;
    event.submitter?.focus();
  }
});
