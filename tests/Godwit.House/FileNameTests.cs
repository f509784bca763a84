using Godwit.House.Rules;

namespace Godwit.House;

public sealed class FileNameTests
{
    [Fact]
    public void A_file_has_one_public_type_and_its_name() =>
        Violations.None(Repository.Sources.SelectMany(FileNameRule.Check));

    [Theory]
    [InlineData("src/Pool.cs", "namespace N; public class Pool { public class Nested; } internal class Other;", 0)]
    [InlineData("src/Pool.cs", "public class Pool; public class Pool<T>;", 0)]
    [InlineData("src/Pool.cs", "class Pool;", 0)]
    [InlineData("src/Pool.Part.cs", "public partial class Pool;", 0)]
    [InlineData("src/Pool.Part.cs", "public class Pool;", 1)]
    [InlineData("src/Pond.Part.cs", "public partial class Pool;", 1)]
    [InlineData("src/Pool.cs", "public class Pond;", 1)]
    [InlineData("src/Pool.cs", "public delegate void Pond();", 1)]
    [InlineData("src/Pool.cs", "namespace N { public enum Pond; }", 1)]
    [InlineData("src/Pool.cs", "public struct Pool; public interface IPool;", 2)]
    public void The_rule_sees_a_type_in_the_wrong_file(string path, string text, int violations) =>
        Assert.Equal(violations, FileNameRule.Check(new SourceFile(path, text)).Count());
}
