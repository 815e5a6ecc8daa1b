// Within the frame: tells the page around it how high the survey is. The height is all that it tells.
(() => {
  const tell = () => parent.postMessage({ cxsurveyHeight: document.documentElement.getBoundingClientRect().height }, "*");
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
})();
