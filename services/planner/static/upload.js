// Shows how much of the file has been sent. Without it the form works as any other.
const form = document.getElementById("upload");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const line = document.getElementById("progress");
  const [bar, words] = line.children;
  const button = form.querySelector("button");
  const sending = new XMLHttpRequest();
  line.hidden = false;
  button.disabled = true;
  sending.upload.onprogress = ({ loaded, total }) => {
    bar.value = (100 * loaded) / total;
    words.textContent = loaded < total ? `Đang gửi: ${Math.round(bar.value)} %` : "Đang đọc văn bản…";
  };
  sending.onload = () => {
    if (sending.status < 400) {
      location.assign(sending.responseURL);
    } else {
      document.documentElement.replaceWith(
        new DOMParser().parseFromString(sending.responseText, "text/html").documentElement,
      );
    }
  };
  // The way to sign on again leads to another address, where a script may not go: the browser itself goes there.
  sending.onerror = () => form.submit();
  sending.open("POST", form.action);
  sending.setRequestHeader("Accept", "text/html");
  sending.send(new FormData(form));
});
