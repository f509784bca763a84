using Godwit.Mosquitto.Running;

namespace Godwit.Mosquitto;

/// <summary>The other half of the examples; see <see cref="ExampleTests"/>.</summary>
public sealed class MoreExampleTests
{
    public static TheoryData<string> Names => [.. Example.Names.Where((_, index) => index % 2 == 1)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task The_same_clients_see_the_same(string example) => ExampleTests.CompareAsync(example);
}
