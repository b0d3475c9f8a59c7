// Words of components whose text the packages write in script. base.html puts them in <script type="application/json">.
export function componentWords() {
  const source = document.getElementById("huiyin-words");
  if (!source) return {};
  try {
    return JSON.parse(source.textContent);
  } catch {
    return {};
  }
}
