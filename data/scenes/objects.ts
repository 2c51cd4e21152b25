/** The things a scene can hold. Their ids are the names that the iconify emoji sets share. */

export type Stands = "ground" | "air";

export interface SceneObject {
  /** Icon name, and id in captions, lists and records: "red-apple". */
  readonly name: string;
  /** What captions call it, the usual word first: "red apple", "apple". No phrase belongs to two objects. */
  readonly phrases: readonly string[];
  /** Whether it stands on the ground or hangs in the air. */
  readonly stands: Stands;
  /** Whether "a horse eating grass" makes sense of it. */
  readonly grazes: boolean;
}

// name | where it stands (a grazer stands on the ground) | phrases
const TABLE = `
horse | grazer | horse, pony
cat | ground | cat, kitten
dog | ground | dog, puppy
cow | grazer | cow
pig | ground | pig, hog
rabbit | grazer | rabbit, bunny
fox | ground | fox
bear | ground | bear, brown bear
panda | ground | panda
koala | ground | koala
tiger | ground | tiger
lion | ground | lion
monkey | ground | monkey, ape
elephant | grazer | elephant
rhinoceros | grazer | rhinoceros, rhino
hippopotamus | grazer | hippopotamus, hippo
giraffe | grazer | giraffe
zebra | grazer | zebra
camel | grazer | camel
kangaroo | grazer | kangaroo
goat | grazer | goat
deer | grazer | deer, stag
rooster | ground | rooster, cockerel
chicken | ground | chicken, hen
hatching-chick | ground | hatching chick, chick in an egg
penguin | ground | penguin
bird | air | bird, songbird
eagle | air | eagle
duck | ground | duck, mallard
swan | ground | swan
owl | ground | owl
parrot | ground | parrot
flamingo | ground | flamingo
peacock | ground | peacock
turtle | ground | turtle, tortoise
snake | ground | snake, serpent
lizard | ground | lizard, gecko
crocodile | ground | crocodile, alligator
dragon | ground | dragon
sauropod | grazer | sauropod, long-necked dinosaur
t-rex | ground | T-rex, tyrannosaurus
whale | ground | whale
dolphin | ground | dolphin
fish | ground | fish
tropical-fish | ground | tropical fish, reef fish
shark | ground | shark
octopus | ground | octopus
crab | ground | crab
lobster | ground | lobster
shrimp | ground | shrimp, prawn
snail | ground | snail
butterfly | air | butterfly
bug | ground | bug, caterpillar
ant | ground | ant
honeybee | air | honeybee, bee
lady-beetle | ground | ladybug, ladybird
spider | ground | spider
unicorn | grazer | unicorn
red-apple | ground | red apple, apple
green-apple | ground | green apple
pear | ground | pear
banana | ground | banana
watermelon | ground | watermelon
grapes | ground | grapes
strawberry | ground | strawberry
cherries | ground | cherries
peach | ground | peach
pineapple | ground | pineapple
lemon | ground | lemon
tangerine | ground | tangerine, orange fruit
mango | ground | mango
kiwi-fruit | ground | kiwi fruit, kiwi
coconut | ground | coconut
tomato | ground | tomato
avocado | ground | avocado
carrot | ground | carrot
ear-of-corn | ground | ear of corn, corn cob
mushroom | ground | mushroom, toadstool
bread | ground | loaf of bread, bread loaf
croissant | ground | croissant
pizza | ground | slice of pizza, pizza slice
hamburger | ground | hamburger, burger
hot-dog | ground | hot dog
birthday-cake | ground | birthday cake, cake
doughnut | ground | doughnut, donut
cookie | ground | cookie, biscuit
ice-cream | ground | bowl of ice cream, sundae
soft-ice-cream | ground | ice cream cone, ice cream
lollipop | ground | lollipop
teapot | ground | teapot, tea pot
hot-beverage | ground | cup of coffee, hot drink
rocket | air | rocket, spaceship
airplane | air | airplane, plane
helicopter | air | helicopter
flying-saucer | air | flying saucer, UFO
automobile | ground | car, automobile
taxi | ground | taxi, cab
bus | ground | bus, coach
fire-engine | ground | fire engine, fire truck
ambulance | ground | ambulance
police-car | ground | police car
tractor | ground | tractor
bicycle | ground | bicycle, bike
motorcycle | ground | motorcycle, motorbike
locomotive | ground | locomotive, steam train
sailboat | ground | sailboat, sailing boat
ship | ground | ship, ocean liner
canoe | ground | canoe, rowing boat
anchor | ground | anchor
house | ground | house, cottage
castle | ground | castle, fortress
hut | ground | hut, thatched hut
tent | ground | tent
mosque | ground | mosque
church | ground | church
evergreen-tree | ground | evergreen tree, fir tree
deciduous-tree | ground | deciduous tree, leafy tree
palm-tree | ground | palm tree
cactus | ground | cactus
sunflower | ground | sunflower
rose | ground | rose
tulip | ground | tulip
cherry-blossom | ground | cherry blossom
four-leaf-clover | ground | four-leaf clover, lucky clover
maple-leaf | ground | maple leaf
snowman | ground | snowman
robot | ground | robot, robot face
ghost | air | ghost
jack-o-lantern | ground | jack-o-lantern, pumpkin lantern
crown | ground | crown
gem-stone | ground | gem stone, diamond
guitar | ground | guitar
trumpet | ground | trumpet
drum | ground | drum
violin | ground | violin, fiddle
umbrella | ground | umbrella
balloon | air | balloon
kite | air | kite
soccer-ball | ground | soccer ball, football
basketball | ground | basketball
tennis | ground | tennis racket, tennis racquet
teddy-bear | ground | teddy bear
candle | ground | candle
light-bulb | ground | light bulb
key | ground | key
hammer | ground | hammer
bell | ground | bell
telescope | ground | telescope
camera | ground | camera
television | ground | television, TV
books | ground | stack of books, pile of books
backpack | ground | backpack, rucksack
top-hat | ground | top hat
scarf | ground | scarf
red-heart | ground | red heart
blue-heart | ground | blue heart
green-heart | ground | green heart
yellow-heart | ground | yellow heart
purple-heart | ground | purple heart
star | air | star
sun | air | sun
full-moon | air | full moon
crescent-moon | air | crescent moon
cloud | air | cloud
rainbow | air | rainbow
fire | ground | fire, flame
snowflake | air | snowflake
volcano | ground | volcano
moai | ground | moai, stone head
statue-of-liberty | ground | statue of liberty
`;

function parseRow(row: string): SceneObject {
  const [name, kind, phrases] = row.split("|").map((cell) => cell.trim());
  return {
    name,
    phrases: phrases.split(",").map((phrase) => phrase.trim()),
    stands: kind === "air" ? "air" : "ground",
    grazes: kind === "grazer"
  };
}

export const OBJECTS: readonly SceneObject[] = TABLE.trim().split("\n").map(parseRow);

const byName = new Map(OBJECTS.map((object) => [object.name, object]));

/** @throws when the name is not one of OBJECTS */
export function objectNamed(name: string): SceneObject {
  const object = byName.get(name);
  if (!object) throw new Error(`unknown object: ${name}; see data/scenes/objects.ts for the ${OBJECTS.length} names`);
  return object;
}
