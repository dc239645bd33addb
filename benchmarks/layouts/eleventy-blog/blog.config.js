// The plugins of Eleventy's base blog, beside what the plain site has.
import { HtmlBasePlugin, IdAttributePlugin, InputPathToUrlTransformPlugin } from "@11ty/eleventy";
import { eleventyImageTransformPlugin } from "@11ty/eleventy-img";
import navigation from "@11ty/eleventy-navigation";
import highlight from "@11ty/eleventy-plugin-syntaxhighlight";
import plain from "./eleventy.config.js";

export default function (config) {
  config.addPlugin(highlight);
  config.addPlugin(navigation);
  config.addPlugin(HtmlBasePlugin);
  config.addPlugin(InputPathToUrlTransformPlugin);
  config.addPlugin(eleventyImageTransformPlugin, {
    formats: ["avif", "webp", "auto"],
    failOnError: false,
    htmlOptions: { imgAttributes: { loading: "lazy", decoding: "async" } },
  });
  config.addPlugin(IdAttributePlugin);
  return plain(config);
}
