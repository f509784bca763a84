using Godwit.House.Metadata;
using Godwit.House.Rules;

namespace Godwit.House;

public sealed class DependencyTests
{
    [Fact]
    public void Projects_refer_to_each_other_only_in_the_drawn_direction()
    {
        var projects = Repository.Files("src").Where(path => path.EndsWith(".csproj", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(projects);
        Violations.None(projects.Select(Repository.Read).SelectMany(DependencyRule.Check));
    }

    [Fact]
    public void Only_the_server_uses_ASP_NET_Core() =>
        Violations.None(Repository.Sources.Where(file => file.Path.StartsWith("src/", StringComparison.Ordinal)).SelectMany(DependencyRule.CheckAspNet));

    [Theory]
    [InlineData("Godwit.Protocol.dll")]
    [InlineData("Godwit.Broker.dll")]
    public void The_core_is_built_on_nothing_but_the_framework(string assembly)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, assembly));

        Assert.All(AssemblyReferences.AssembliesOf(file), name => Assert.Matches(@"^(System\..*|Godwit\.Protocol)$", name));
    }

    [Theory]
    [InlineData("Godwit.Server", "<ProjectReference Include=\"../Godwit.Broker/Godwit.Broker.csproj\" />", 0)]
    [InlineData("Godwit.Server", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />", 0)]
    [InlineData("Godwit.Broker", "<ProjectReference Include=\"..\\Godwit.Server\\Godwit.Server.csproj\" />", 1)]
    [InlineData("Godwit.Client", "<ProjectReference Include=\"../Godwit.Broker/Godwit.Broker.csproj\" />", 1)]
    [InlineData("Godwit.Cli", "<FrameworkReference Include=\"Microsoft.AspNetCore.App\" />", 1)]
    [InlineData("Godwit.Broker", "<PackageReference Include=\"Some.Package\" />", 1)]
    [InlineData("Godwit.Newcomer", "", 1)]
    public void The_rule_sees_a_reference_against_the_drawing(string project, string item, int violations)
    {
        var file = new SourceFile($"src/{project}/{project}.csproj", $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{item}</ItemGroup></Project>");

        Assert.Equal(violations, DependencyRule.Check(file).Count());
    }

    [Fact]
    public void The_rule_sees_the_web_SDK_outside_the_server()
    {
        var file = new SourceFile("src/Godwit.Cli/Godwit.Cli.csproj", "<Project Sdk=\"Microsoft.NET.Sdk.Web\" />");

        Assert.Single(DependencyRule.Check(file));
    }

    [Theory]
    [InlineData("src/Godwit.Cli/Program.cs", 1)]
    [InlineData("src/Godwit.Server/Program.cs", 0)]
    public void The_rule_sees_ASP_NET_Core_outside_the_server(string path, int violations) =>
        Assert.Equal(violations, DependencyRule.CheckAspNet(new SourceFile(path, "using Microsoft" + ".AspNetCore.Http;")).Count());
}
