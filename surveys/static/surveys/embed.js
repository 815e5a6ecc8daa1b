// On the page that shows a survey in a frame: fits the frame's height to the survey. Nothing else is read or sent.
(() => {
  addEventListener("message", (event) => {
    const height = event.data && event.data.cxsurveyHeight;
    if (typeof height !== "number" || !(height > 0 && height < 20000)) return;
    for (const frame of document.querySelectorAll("iframe[data-cxsurvey]")) {
      if (frame.contentWindow === event.source) frame.height = Math.ceil(height);
    }
  });
})();
