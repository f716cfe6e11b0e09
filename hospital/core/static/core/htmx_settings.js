// What htmx would otherwise add to the page, or compile, is forbidden by our policy of contents.
htmx.config.includeIndicatorStyles = false;
htmx.config.allowEval = false;
