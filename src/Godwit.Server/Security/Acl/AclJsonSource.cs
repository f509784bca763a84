using Godwit.Server.Configuration;

namespace Godwit.Server.Security.Acl;

/// <summary>A file with nothing but rules: <c>{ "Rules": [ ... ] }</c>.</summary>
internal sealed class AclJsonSource(string file, byte[] text) : IConfigurationSource
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Files => [file];

    /// <inheritdoc/>
    public ConfigurationInput Read()
    {
        var found = new ConfigurationInput();
        JsonFile.Read(file, text, Path.GetDirectoryName(Path.GetFullPath(file)), found);
        var input = new ConfigurationInput();
        input.Messages.AddRange(found.Messages);
        foreach (var assignment in found.Assignments)
        {
            var key = $"{AclSection.Path}:{assignment.Key}";
            if (key.Equals(AclSection.RulesPath, StringComparison.OrdinalIgnoreCase) || key.StartsWith(AclSection.RulesPath + ":", StringComparison.OrdinalIgnoreCase))
            {
                input.Assignments.Add(assignment with { Key = key });
            }
            else
            {
                input.Error(assignment.Origin, $"{assignment.Key} has no place in a file of rules, which is {{ \"Rules\": [ ... ] }}.");
            }
        }

        return input;
    }
}
