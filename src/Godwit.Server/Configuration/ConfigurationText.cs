namespace Godwit.Server.Configuration;

/// <summary>A configuration as lines <c>Key = value</c>.</summary>
public static class ConfigurationText
{
    /// <summary>Writes what holds.</summary>
    /// <param name="loaded">What was read.</param>
    /// <param name="isWhole">Defaults too; else only what was said.</param>
    /// <param name="hasOrigins">Where each was said stands behind it.</param>
    public static IEnumerable<string> Lines(LoadedConfiguration loaded, bool isWhole, bool hasOrigins)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        foreach (var key in ConfigurationKeys.All)
        {
            foreach (var indices in ConfigurationKeys.IndicesOf(key, loaded.Options))
            {
                var path = ConfigurationKeys.PathOf(key, indices);
                var value = key.Show(loaded.Options, indices);
                var isSaid = loaded.Origins.ContainsKey(path);
                if (isSaid || (isWhole && value.Length > 0))
                {
                    var line = $"{path} = {key.Hide(value)}";
                    yield return hasOrigins ? $"{line,-60}  # {loaded.OriginOf(path)}" : line;
                }
            }
        }
    }
}
