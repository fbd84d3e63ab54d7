/** All style sheets of the window, fonts first. */
import '@fontsource-variable/inter/opsz.css';
import '@fontsource-variable/noto-sans-arabic/index.css';
import './app.css';
