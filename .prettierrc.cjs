// The plugin is found by NODE_PATH, which ./dev/lint and pre-commit set to where they installed it.
module.exports = {
    printWidth: 120,
    tabWidth: 4,
    bracketSameLine: true,
    // white space of views and QWeb templates is content
    xmlWhitespaceSensitivity: "strict",
    plugins: [require.resolve("@prettier/plugin-xml")],
};
